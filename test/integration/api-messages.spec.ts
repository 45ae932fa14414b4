import { afterEach, describe, expect, it } from 'vitest';
import { readAuditFact } from '../../src/engine/stored-json.js';
import type { Mailing } from '../../src/engine/outbox.js';
import { startApi, type ApiApp } from './api-app.js';

const mailing = (id: string, execution: string): Mailing => {
  const about = { id: execution, runbook: 'quick', target: 'service/shop', phase: 'held' };
  const message = {
    id,
    event: 'held',
    title: `${id} is held`,
    text: 'look',
    link: 'http://h/',
    execution: about,
  } as const;
  return { id, at: 1, letters: [{ notifier: 'slack/oncall', message }] };
};

describe('messages', () => {
  let app: ApiApp;
  afterEach(() => app.close());

  async function opened(): Promise<string> {
    app = await startApi();
    const labels = { alertname: 'CenterDown', service: 'shop', runbook: 'careful' };
    const alerts = [{ status: 'firing', labels, annotations: {}, startsAt: '2026-11-01T11:59:00Z' }];
    const { json } = await app.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
    await app.clock.pass(10);
    return json.alerts[0].decisions[0].executionId;
  }

  it('show when each was put, every attempt and its result, and can be looked for by execution', async () => {
    app = await startApi();
    const { outbox } = app.store;
    await outbox.put([mailing('m1', 'x1'), mailing('m2', 'x2')]);
    const claimed = await outbox.claim('slack/oncall', 12_000);
    if (claimed === undefined) throw new Error('nothing waits');
    await outbox.finish(claimed, { result: 'again', detail: 'slack/oncall answered 500', againInMs: 1_000 });
    const { json } = await app.send('GET', '/api/v1/messages?execution=x1', 'viewer');
    expect(json.items).toEqual([
      {
        id: 'm1',
        notifier: 'slack/oncall',
        event: 'held',
        title: 'm1 is held',
        text: 'look',
        link: 'http://h/',
        execution: { id: 'x1', runbook: 'quick', target: 'service/shop', phase: 'held' },
        state: 'waiting',
        putAt: '2026-11-01T12:00:00.000Z',
        nextAt: '2026-11-01T12:00:01.000Z',
        attempts: [
          {
            attempt: 1,
            at: '2026-11-01T12:00:00.000Z',
            endedAt: '2026-11-01T12:00:00.000Z',
            result: 'again',
            detail: 'slack/oncall answered 500',
          },
        ],
      },
    ]);
    expect((await app.send('GET', '/api/v1/messages?limit=1', 'viewer')).json.items).toHaveLength(1);
    expect((await app.send('GET', '/api/v1/messages?limt=1', 'viewer')).json.code).toBe('wrong-parameter');
  });

  it('stop for an execution that a person takes, which is shown and stands in the audit', async () => {
    const id = await opened();
    const taking = `/api/v1/executions/${id}/take`;
    expect((await app.send('POST', taking, 'viewer', {})).status).toBe(403);
    const taken = {
      by: 'operator',
      at: '2026-11-01T12:00:00.010Z',
      until: '2026-11-01T14:00:00.010Z',
      reason: 'on it',
    };
    const { json, status } = await app.send('POST', taking, 'operator', { reason: 'on it' });
    expect([status, json]).toEqual([200, expect.objectContaining({ id, taken })]);
    expect((await app.send('GET', `/api/v1/executions/${id}`, 'viewer')).json).toMatchObject({ taken });
    const { n } = await app.store.auditHead();
    const [record] = await app.store.audit(n - 1, 1);
    expect(readAuditFact(record?.text ?? '')).toMatchObject({
      what: 'taken',
      of: id,
      by: 'operator',
      from: expect.stringContaining('operator'),
      detail: 'on it',
    });
    // whoever takes it later looks after it then
    await app.send('POST', taking, 'admin', {});
    expect((await app.send('GET', `/api/v1/executions/${id}`, 'viewer')).json).toMatchObject({
      taken: { by: 'admin' },
    });
  });

  it('cannot be stopped for what is closed or is not there', async () => {
    const id = await opened();
    await app.send('POST', `/api/v1/executions/${id}/reject`, 'approver', { reason: 'no' });
    await app.clock.pass(10);
    expect((await app.send('POST', `/api/v1/executions/${id}/take`, 'operator', {})).json.code).toBe('not-in-phase');
    expect((await app.send('POST', '/api/v1/executions/x/take', 'operator', {})).json.code).toBe('not-found');
  });
});

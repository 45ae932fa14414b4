import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const record = z.object({
  what: z.string(),
  by: z.string().optional(),
  from: z.string().optional(),
  detail: z.string().optional(),
});
const audit = z.object({ items: z.array(record) });

const MAP = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: North } }
centers: { a: { region: north, vendor: v1, role: serving, capacity: 1000 } }
`;

const TITLES = { reject: 'rejected', cancel: 'cancelled', revert: 'revert-asked' };

describe('I13: every command of a person is in the audit with who, from where and why', () => {
  let api: ApiApp;
  beforeAll(async () => {
    const runbooks = {
      careful: runbookFile('careful'),
      quick: runbookFile('quick', '', 'auto'),
      leased: runbookFile('leased', '  lease: 30m', 'auto'),
    };
    api = await startApi({ runbooks, topology: MAP });
  });
  afterAll(() => api.close());

  /** What the last deed of a person left in the audit. */
  async function last(): Promise<z.infer<typeof record> | undefined> {
    const { items } = audit.parse(JSON.parse((await api.send('GET', '/api/v1/audit?limit=1000', 'viewer')).text));
    return items.findLast(({ by }) => by !== undefined);
  }
  const whence = (name: string): string => `token:${name} by token from 127.0.0.1`;

  async function start(runbook: string, service: string): Promise<string> {
    const body = { labels: { service }, reason: 'a drill' };
    const { status, json } = await api.send('POST', `/api/v1/runbooks/${runbook}/executions`, 'operator', body);
    expect([status, json.code]).toEqual([202, undefined]);
    return json.id;
  }

  it('starting by hand', async () => {
    const id = await start('careful', 'started');
    expect(await last()).toMatchObject({ what: 'opened', by: 'operator', from: whence('operator') });
    expect((await api.store.get(id))?.execution).toMatchObject({
      requestedBy: 'operator',
      requestedAccount: 'token:operator',
      requestedFrom: whence('operator'),
      reason: 'a drill',
    });
    expect((await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json.reason).toBe('a drill');
  });

  it('agreeing', async () => {
    const id = await start('careful', 'agreed');
    await api.clock.pass(10);
    const { digest } = (await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json.plan;
    const body = { digest, reason: 'looks right' };
    expect((await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver', body)).status).toBe(200);
    expect(await last()).toMatchObject({ what: 'approved', by: 'approver', from: whence('approver') });
    const said = (await api.store.journal(id)).find(({ event }) => event.type === 'approved');
    expect(said?.event).toMatchObject({ reason: 'looks right', account: 'token:approver' });
  });

  it.each(Object.entries(TITLES))('%s', async (command, what) => {
    const id = await start(command === 'revert' ? 'leased' : 'careful', command);
    await api.clock.pass(10);
    const body = { reason: 'because' };
    expect((await api.send('POST', `/api/v1/executions/${id}/${command}`, 'approver', body)).status).toBe(200);
    expect(await last()).toMatchObject({ what, by: 'approver', from: whence('approver') });
    const said = (await api.store.journal(id)).find(({ event }) => event.type === what);
    expect(said?.event).toMatchObject({ by: 'approver', reason: 'because' });
  });

  it('pausing and lifting', async () => {
    const { json } = await api.send('POST', '/api/v1/pauses', 'operator', { scope: 'all', reason: 'stop' });
    expect(await last()).toMatchObject({ what: 'pause-added', by: 'operator', from: whence('operator') });
    await api.send('DELETE', `/api/v1/pauses/${json.id}?reason=done`, 'admin');
    expect(await last()).toMatchObject({ what: 'pause-lifted', by: 'admin', from: whence('admin'), detail: 'done' });
  });

  it('saying how a centre is', async () => {
    const body = { serving: false, reason: 'it burns' };
    expect((await api.send('POST', '/api/v1/centers/a/serving', 'operator', body)).status).toBe(200);
    const detail = 'out of service: it burns';
    expect(await last()).toMatchObject({ what: 'center-set', by: 'operator', from: whence('operator'), detail });
  });

  it('reading the catalogue again', async () => {
    const body = { reason: 'a new runbook', acceptLoss: true };
    expect((await api.send('POST', '/-/reload', 'operator', body)).status).toBe(200);
    const detail = 'runbooks may be lost: a new runbook';
    expect(await last()).toMatchObject({ what: 'reload-asked', by: 'operator', from: whence('operator'), detail });
  });

  it('and what is refused is none of it, but in the log, once for each of the first', async () => {
    const before = await api.store.auditHead();
    const lines = () => api.log.filter(({ message }) => message === 'a person was refused');
    for (let i = 0; i < 30; i++) await api.send('POST', '/api/v1/pauses?x=secret', 'viewer', { scope: 'all' });
    expect(lines()).toHaveLength(10);
    expect(lines()[0]).toMatchObject({
      level: 'info',
      fields: {
        person: 'viewer',
        from: whence('viewer'),
        method: 'POST',
        path: '/api/v1/pauses',
        detail: 'viewer has no role that allows this: pause',
      },
    });
    expect(await api.store.auditHead()).toEqual(before);
    const metrics = (await api.send('GET', '/metrics')).text;
    expect(metrics).toContain('firebreak_requests_refused_total{code="forbidden",route="/api/v1/pauses"} 30');
  });
});

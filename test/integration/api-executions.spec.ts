import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startApi, type ApiApp } from './api-app.js';

const alert = (runbook: string, service = 'shop', change: object = {}) => ({
  version: '4',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'CenterDown', service, runbook },
      annotations: { summary: 'down' },
      startsAt: '2026-11-01T11:59:00Z',
      ...change,
    },
  ],
});

describe('executions', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi()));
  afterEach(() => api.close());

  async function opened(runbook: string, service = 'shop'): Promise<string> {
    const { status, json } = await api.send('POST', '/api/v1/alert/trigger', 'source', alert(runbook, service));
    expect([status, json.alerts[0].decisions[0].decision]).toEqual([202, 'opened']);
    await api.clock.pass(10);
    return json.alerts[0].decisions[0].executionId;
  }
  const read = async (id: string) => (await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json;
  const digestOf = async (id: string): Promise<string> => (await read(id)).plan.digest;

  it('shows an execution that waits for approval as the contract has it', async () => {
    const id = await opened('careful');
    expect(await read(id)).toEqual({
      id,
      runbook: 'careful',
      runbookVersion: expect.stringMatching(/^[0-9a-f]{12}$/),
      phase: 'awaiting-approval',
      target: 'traffic/shop',
      mode: 'approve',
      dryRun: false,
      trigger: 'alert',
      requestedBy: 'alertmanager',
      origin: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
      alert: {
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        status: 'firing',
        labels: { alertname: 'CenterDown', service: 'shop', runbook: 'careful' },
        annotations: { summary: 'down' },
        startsAt: '2026-11-01T11:59:00.000Z',
        generatorURL: '',
      },
      plan: {
        steps: [
          {
            name: 'switch',
            uses: 'pretend/set',
            summary: 'set shop to b',
            changes: [{ resource: 'shop', attribute: 'value', from: '', to: 'b' }],
            risk: 'low',
            reversible: true,
            onRevert: [{ resource: 'shop', attribute: 'value', from: 'b', to: '' }],
          },
        ],
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      approval: {
        required: 1,
        roles: ['approver'],
        grants: [],
        missing: '0 of 1 approvals; still needed: approver',
        agreed: false,
        expiresAt: '2026-11-01T12:15:00.000Z',
      },
      steps: [{ name: 'switch', uses: 'pretend/set', state: 'waiting', attempts: 0 }],
      verification: { samples: [] },
      openedAt: '2026-11-01T12:00:00.000Z',
      timeline: {
        startsAt: '2026-11-01T11:59:00.000Z',
        receivedAt: '2026-11-01T12:00:00.000Z',
        openedAt: '2026-11-01T12:00:00.000Z',
      },
    });
  });

  it('approve applies the plan, names who agreed, and repeating it is 200', async () => {
    const id = await opened('careful');
    const digest = await digestOf(id);
    const first = await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver', {
      digest,
      reason: 'looks right',
    });
    expect([first.status, first.json.approval.grants]).toEqual([
      200,
      [
        {
          by: 'approver',
          account: 'token:approver',
          roles: ['viewer', 'operator', 'approver'],
          digest,
          at: '2026-11-01T12:00:00.010Z',
          reason: 'looks right',
        },
      ],
    ]);
    await api.clock.pass(10);
    expect(api.target.values.get('shop')).toBe('b');
    const again = await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver', { digest });
    expect([again.status, again.json.phase, again.json.outcome]).toEqual([200, 'closed', 'succeeded']);
    expect(api.target.writes).toHaveLength(1);
    expect(again.json.closedAt).toBe('2026-11-01T12:00:00.010Z');
  });

  it('approve by somebody else when it has gone on is 409', async () => {
    const id = await opened('careful');
    const digest = await digestOf(id);
    await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver', { digest });
    const { status, json } = await api.send('POST', `/api/v1/executions/${id}/approve`, 'second-approver', { digest });
    expect([status, json.code]).toEqual([409, 'not-in-phase']);
  });

  it('S15: approve of another plan is 409, and without a digest 400', async () => {
    const id = await opened('careful');
    const other = await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver', { digest: 'f'.repeat(64) });
    expect([other.status, other.json.code]).toEqual([409, 'plan-changed']);
    const none = await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver');
    expect([none.status, none.json.code]).toEqual([400, 'malformed-body']);
    expect((await read(id)).phase).toBe('awaiting-approval');
  });

  it('S15: whoever asked for it cannot approve it', async () => {
    const { json } = await api.send('POST', '/api/v1/runbooks/careful/executions', 'approver', {
      labels: { service: 'shop' },
    });
    await api.clock.pass(10);
    const digest = await digestOf(json.id);
    const own = await api.send('POST', `/api/v1/executions/${json.id}/approve`, 'approver', { digest });
    expect([own.status, own.json.code]).toEqual([403, 'own-request']);
    expect(
      (await api.send('POST', `/api/v1/executions/${json.id}/approve`, 'second-approver', { digest })).status,
    ).toBe(200);
  });

  it.each(['approve', 'reject'])('%s is 410 when the time is over', async (command) => {
    const id = await opened('careful');
    const digest = await digestOf(id);
    await api.clock.pass(15 * 60_000 + 1_000);
    expect((await read(id)).outcome).toBe('expired');
    const { status, json } = await api.send(
      'POST',
      `/api/v1/executions/${id}/${command}`,
      'approver',
      command === 'approve' ? { digest } : {},
    );
    expect([status, json.code]).toEqual([410, 'expired']);
  });

  it('takes digest and reason from the query, and an empty parameter as none', async () => {
    const id = await opened('careful');
    const { status, json } = await api.send(
      'POST',
      `/api/v1/executions/${id}/approve?digest=${await digestOf(id)}&reason=`,
      'approver',
    );
    expect([status, json.approval.grants[0].reason]).toEqual([200, undefined]);
  });

  it('reject, with its reason, twice', async () => {
    const id = await opened('careful');
    for (const _time of [1, 2]) {
      const { status, json } = await api.send('POST', `/api/v1/executions/${id}/reject?reason=not%20now`, 'approver');
      expect([status, json.outcome, json.detail]).toEqual([200, 'rejected', 'rejected by approver: not now']);
    }
    expect((await api.send('POST', `/api/v1/executions/${id}/cancel`, 'operator')).json.code).toBe('not-in-phase');
  });

  it('cancel, twice', async () => {
    const id = await opened('careful');
    for (const _time of [1, 2]) {
      const { status, json } = await api.send('POST', `/api/v1/executions/${id}/cancel`, 'operator', {
        reason: 'wrong one',
      });
      expect([status, json.outcome]).toEqual([200, 'cancelled']);
    }
  });

  it('shows the lease of what is in force, and revert takes it back', async () => {
    const id = await opened('leased');
    expect(await read(id)).toMatchObject({
      phase: 'holding',
      lease: { until: '2026-11-01T12:30:00.000Z' },
      approval: { required: 0, grants: [] },
    });
    expect((await api.send('POST', `/api/v1/executions/${id}/revert`, 'approver', { reason: 'back' })).status).toBe(
      200,
    );
    await api.clock.pass(100);
    expect(await read(id)).toMatchObject({ phase: 'closed', outcome: 'reverted' });
    expect(api.target.values.get('shop')).toBe('');
    expect((await api.send('POST', `/api/v1/executions/${id}/revert`, 'approver')).status).toBe(200);
  });

  it('revert after a good end is 409 while somebody else holds the target', async () => {
    const first = await opened('quick');
    await api.clock.pass(10 * 60_000);
    api.target.values.set('shop', 'c');
    const other = await opened('careful');
    const { status, json } = await api.send('POST', `/api/v1/executions/${first}/revert`, 'approver');
    expect([status, json.code, json.detail]).toEqual([409, 'suppressed', `the target is held by ${other}`]);
  });

  it('retry and accept of one that is held; 409 otherwise', async () => {
    api.target.next('apply', { how: 'loses-the-answer' });
    api.target.next('verify', ...Array.from({ length: 20 }, () => ({ how: 'fails', again: true }) as const));
    const id = await opened('quick');
    await api.clock.pass(120_000);
    expect(await read(id)).toMatchObject({
      phase: 'held',
      held: { cause: expect.any(String), since: expect.stringMatching(/^2026-11-01T/) },
    });
    expect(
      (await api.send('POST', `/api/v1/executions/${id}/accept`, 'approver', { reason: 'checked by hand' })).json
        .outcome,
    ).toBe('accepted');
    const { status, json } = await api.send('POST', `/api/v1/executions/${id}/retry`, 'approver');
    expect([status, json.code]).toEqual([409, 'not-in-phase']);
  });

  it.each(['approve', 'reject', 'cancel', 'revert', 'retry', 'accept'])(
    '%s of what is not there is 404',
    async (command) => {
      const { status, json } = await api.send(
        'POST',
        `/api/v1/executions/x9/${command}`,
        'approver',
        command === 'approve' ? { digest: 'd' } : {},
      );
      expect([status, json.code]).toEqual([404, 'not-found']);
    },
  );

  it.each(['phase', 'approvedBy', 'by', 'epoch', 'state', 'constructor', '__proto__'])(
    'S13: the property %s is 400 and changes nothing',
    async (name) => {
      const id = await opened('careful');
      const body = `{"digest":"${await digestOf(id)}","${name}":"x"}`;
      for (const command of ['approve', 'cancel']) {
        const { status, json } = await api.send('POST', `/api/v1/executions/${id}/${command}`, 'approver', body);
        expect([status, json.code]).toEqual([400, 'unknown-property']);
      }
      expect((await read(id)).phase).toBe('awaiting-approval');
    },
  );

  it('S13: an unknown query parameter of a command is 400', async () => {
    const id = await opened('careful');
    const { status, json } = await api.send('POST', `/api/v1/executions/${id}/cancel?by=somebody`, 'approver');
    expect([status, json.code]).toEqual([400, 'wrong-parameter']);
  });

  it('lists the newest first, in pages, and by what is asked for', async () => {
    const ids = [await opened('careful', 'shop'), await opened('quick', 'pay')];
    await api.clock.pass(100);
    const all = (await api.send('GET', '/api/v1/executions', 'viewer')).json;
    expect(all.items.map(({ id }) => id)).toEqual(ids.toReversed());
    const page = (await api.send('GET', '/api/v1/executions?limit=1', 'viewer')).json;
    const rest = (await api.send('GET', `/api/v1/executions?limit=1&cursor=${page.cursor}`, 'viewer')).json;
    expect([...page.items, ...rest.items]).toEqual(all.items);
    const counts = [
      'phase=awaiting-approval',
      'phase=held',
      'outcome=succeeded',
      'runbook=quick',
      'target=traffic%2Fshop',
      'runbook=',
    ].map(async (query) => (await api.send('GET', `/api/v1/executions?${query}`, 'viewer')).json.items.length);
    expect(await Promise.all(counts)).toEqual([1, 0, 1, 1, 1, 2]);
  });

  it.each([
    'phase=unknown',
    'outcome=good',
    'limit=0',
    'limit=501',
    'limit=1.5',
    'limit=x',
    'page=2',
    'phase=held&phase=closed',
    '__proto__=x',
  ])('the list refuses ?%s', async (query) => {
    const { status, json } = await api.send('GET', `/api/v1/executions?${query}`, 'viewer');
    expect([status, json.code]).toEqual([400, 'wrong-parameter']);
  });

  it('gives one as YAML, with who agreed and why', async () => {
    const id = await opened('careful');
    const digest = await digestOf(id);
    await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver', { digest, reason: 'no' });
    const { status, headers, text } = await api.send('GET', `/api/v1/executions/${id}/export`, 'viewer');
    expect([status, headers['content-type']]).toEqual([200, 'text/yaml; charset=utf-8']);
    expect(parse(text)).toMatchObject({
      kind: 'ExecutionRecord',
      metadata: { name: id },
      approval: { grants: [{ by: 'approver', digest, reason: 'no' }] },
      journal: [{ event: 'opened' }, { event: 'planned' }, { event: 'approved', by: 'approver' }],
    });
    const missing = await api.send('GET', '/api/v1/executions/x9/export', 'viewer');
    expect([missing.status, missing.headers['content-type']]).toEqual([404, 'application/problem+json']);
  });

  it('shows the journal with moments in RFC 3339', async () => {
    const id = await opened('quick');
    await api.clock.pass(100);
    const { items } = (await api.send('GET', `/api/v1/executions/${id}/journal`, 'viewer')).json;
    expect(items.map((entry) => [entry.seq, entry.event.type])).toEqual([
      [1, 'opened'],
      [2, 'planned'],
      [3, 'apply-intended'],
      [4, 'applied'],
    ]);
    expect(items[0]).toMatchObject({
      at: '2026-11-01T12:00:00.000Z',
      event: { execution: { openedAt: '2026-11-01T12:00:00.000Z' } },
    });
    expect(items[2]?.event.intent).toMatchObject({
      at: '2026-11-01T12:00:00.000Z',
      deadline: '2026-11-01T12:00:30.000Z',
    });
    expect((await api.send('GET', '/api/v1/executions/x9/journal', 'viewer')).status).toBe(404);
  });
});

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Token } from '../../src/config/tokens.js';
import { runbookFile, startApi, type ApiApp, type Answer } from './api-app.js';

const RUNBOOKS = {
  careful: runbookFile('careful'),
  many: runbookFile('many').replace(
    'approval: { within: 15m }',
    'approval: { within: 15m, roles: [architecture, sre, business] }',
  ),
  pair: runbookFile('pair').replace('approval: { within: 15m }', 'approval: { within: 15m, required: 2 }'),
  burner: runbookFile('burner', '  onUnhealthy: hold').replace('pretend/set', 'pretend/burn'),
};

const secretOf = (name: string): string => `the-secret-of-${name}`;
const token = (name: string, ...roles: string[]): Token => {
  return { name, roles, sha256: createHash('sha256').update(secretOf(name)).digest('hex') };
};
const PEOPLE: readonly Token[] = [
  token('alertmanager-1', 'source'),
  token('ann', 'approver', 'architecture', 'sre'),
  token('bob', 'approver', 'sre'),
  token('eve', 'approver', 'business'),
  token('tom', 'approver'),
];

describe('approvals', () => {
  const apps: ApiApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  async function start(tokens: readonly Token[] = PEOPLE, before?: ApiApp): Promise<ApiApp> {
    const shared = before === undefined ? {} : { store: () => before.store };
    const app = await startApi({ tokens, runbooks: RUNBOOKS, ...shared });
    apps.push(app);
    return app;
  }

  const ask = (app: ApiApp, who: string, method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> =>
    app.send(method, `/api/v1/${path}`, undefined, body, { authorization: `Bearer ${secretOf(who)}` });
  const read = async (app: ApiApp, id: string) => (await ask(app, 'ann', 'GET', `executions/${id}`)).json;
  const approve = (app: ApiApp, who: string, id: string, digest: string): Promise<Answer> =>
    ask(app, who, 'POST', `executions/${id}/approve`, { digest });

  async function opened(app: ApiApp, runbook: string): Promise<{ id: string; digest: string }> {
    const labels = { alertname: 'CenterDown', service: 'shop', runbook };
    const alerts = [{ status: 'firing', labels, annotations: {}, startsAt: '2026-11-01T11:59:00Z' }];
    const { json } = await ask(app, 'alertmanager-1', 'POST', 'alert/trigger', { version: '4', alerts });
    const id = json.alerts[0].decisions[0].executionId;
    await app.clock.pass(10);
    return { id, digest: (await read(app, id)).plan.digest };
  }

  it('shows the risk, and what taking back would do or that it cannot be done', async () => {
    const app = await start();
    const { id } = await opened(app, 'burner');
    expect((await read(app, id)).plan.steps).toEqual([
      {
        name: 'switch',
        uses: 'pretend/burn',
        summary: 'set shop to b',
        changes: [{ resource: 'shop', attribute: 'value', from: '', to: 'b' }],
        risk: 'low',
        reversible: false,
        onRevert: 'cannot be taken back',
      },
    ]);
  });

  it('I8: takes a person of its own for each role, and says whom it still waits for', async () => {
    const app = await start();
    const { id, digest } = await opened(app, 'many');
    const missing = async (who: string) => (await approve(app, who, id, digest)).json.approval;
    expect((await read(app, id)).approval).toMatchObject({
      required: 3,
      roles: ['architecture', 'sre', 'business'],
      missing: '0 of 3 approvals; still needed: architecture, sre, business',
    });
    expect(await missing('ann')).toMatchObject({ missing: '1 of 3 approvals; still needed: sre, business' });
    // an approver without any of the roles is heard and does not count
    expect(await missing('tom')).toMatchObject({ missing: '1 of 3 approvals; still needed: sre, business' });
    expect(await missing('bob')).toMatchObject({ missing: '2 of 3 approvals; still needed: business' });
    await app.clock.pass(60_000);
    expect(app.target.writes).toEqual([]);
    expect(await missing('eve')).toMatchObject({ agreed: true, grants: [{ by: 'ann' }, { by: 'tom' }, {}, {}] });
    await app.clock.pass(10);
    expect(app.target.writes).toHaveLength(1);
    expect((await read(app, id)).approval.grants).toMatchObject([
      { by: 'ann', roles: ['viewer', 'operator', 'approver', 'architecture', 'sre'] },
      { by: 'tom' },
      { by: 'bob' },
      { by: 'eve' },
    ]);
  });

  it.each([
    ['is no approver any more', token('ann', 'viewer')],
    ['has no token any more', token('anna', 'approver')],
    ['has a token that has ended', { ...token('ann', 'approver'), until: Date.parse('2026-11-01T11:59:00Z') }],
  ])('I8: the approval of somebody who %s does not count', async (_what, instead) => {
    const app = await start();
    const { id, digest } = await opened(app, 'pair');
    await approve(app, 'ann', id, digest);
    const later = await start([...PEOPLE.filter(({ name }) => name !== 'ann'), instead], app);
    const { approval } = (await approve(later, 'bob', id, digest)).json;
    expect(approval).toMatchObject({ missing: '1 of 2 approvals', agreed: false, grants: [{ by: 'bob' }] });
    expect((await approve(later, 'tom', id, digest)).json.approval).toMatchObject({ agreed: true });
  });

  it('I8: the approval of somebody who has lost the role that it counted for does not count', async () => {
    const app = await start();
    const { id, digest } = await opened(app, 'many');
    await approve(app, 'eve', id, digest);
    const later = await start([...PEOPLE.filter(({ name }) => name !== 'eve'), token('eve', 'approver')], app);
    expect((await approve(later, 'ann', id, digest)).json.approval).toMatchObject({
      missing: '1 of 3 approvals; still needed: sre, business',
    });
  });

  it('I8: another plan than the agreed one asks again, says what changed, and the old digest is 409', async () => {
    const app = await start();
    const { id, digest } = await opened(app, 'careful');
    app.target.values.set('shop', 'c');
    await approve(app, 'ann', id, digest);
    await app.clock.pass(10);
    const changed = 'step switch: shop value: from "c" to "b", was from "" to "b"';
    const asked = await read(app, id);
    expect(asked).toMatchObject({
      phase: 'awaiting-approval',
      plan: { changedSinceShown: [changed] },
      approval: { grants: [], agreed: false },
    });
    const { status, json } = await approve(app, 'bob', id, digest);
    expect([status, json.code, json.detail]).toEqual([
      409,
      'plan-changed',
      `the digest belongs to another plan than the present one, which is ${asked.plan.digest}; changed since it was agreed to: ${changed}`,
    ]);
    expect((await approve(app, 'bob', id, asked.plan.digest)).status).toBe(200);
    await app.clock.pass(10);
    expect(app.target.writes).toHaveLength(1);
    const done = await read(app, id);
    expect([done.phase, done.approval.grants]).toMatchObject(['closed', [{ by: 'bob', digest: asked.plan.digest }]]);
    // what ann agreed to was never done
    expect((await approve(app, 'ann', id, digest)).json.code).toBe('not-in-phase');
    expect((await approve(app, 'bob', id, digest)).json.code).toBe('not-in-phase');
    expect((await approve(app, 'bob', id, asked.plan.digest)).status).toBe(200);
  });

  it('a digest that was never shown is 409 and names the present one', async () => {
    const app = await start();
    const { id, digest } = await opened(app, 'careful');
    const { status, json } = await approve(app, 'ann', id, 'f'.repeat(64));
    expect([status, json.detail]).toEqual([
      409,
      `the digest belongs to another plan than the present one, which is ${digest}`,
    ]);
  });

  it('what was approved and could not be begun in time says so with 410', async () => {
    const app = await start();
    const { id, digest } = await opened(app, 'careful');
    await app.store.addPause({ id: 'p1', scope: 'all', reason: 'a test', by: 'ann', at: app.clock.now() });
    await approve(app, 'ann', id, digest);
    await app.clock.pass(10);
    expect(await read(app, id)).toMatchObject({ phase: 'applying', startBy: '2026-11-01T12:15:00.000Z' });
    await app.clock.pass(16 * 60_000);
    expect(await read(app, id)).toMatchObject({ phase: 'closed', outcome: 'expired' });
    const { status, json } = await approve(app, 'bob', id, digest);
    expect([status, json.detail]).toEqual([410, expect.stringContaining('could not be begun in time')]);
  });
});

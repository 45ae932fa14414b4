import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/access/role-grant.js';
import type { Token } from '../../src/config/tokens.js';
import { runbookFile, startApi, type Answer, type ApiApp } from './api-app.js';

const often = (name: string): string => runbookFile(name).replace('cooldown: 10m', 'cooldown: 0s');
const RUNBOOKS = {
  careful: often('careful'),
  other: often('other'),
  names: often('names').replace('traffic/{{', 'dns/{{'),
};

const MAP = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: North } }
centers: { a: { region: north, vendor: v1, role: serving, capacity: 1000 } }
`;

/** Something that is done somewhere: what the person of each name may do it to is in the tables below. */
const SUBJECTS = {
  'careful on traffic/shop': { runbook: 'careful', service: 'shop' },
  'careful on traffic/pay': { runbook: 'careful', service: 'pay' },
  'other on traffic/shop': { runbook: 'other', service: 'shop' },
  'names on dns/shop': { runbook: 'names', service: 'shop' },
} as const;
type Subject = keyof typeof SUBJECTS;

/** Everybody is approver, and so may do everything of this page, but only there; `reader` is viewer everywhere. */
const PEOPLE: Readonly<Record<string, { readonly where: Partial<Token>; readonly may: readonly Subject[] }>> = {
  everywhere: {
    where: {},
    may: ['careful on traffic/shop', 'careful on traffic/pay', 'other on traffic/shop', 'names on dns/shop'],
  },
  narrow: { where: { runbooks: ['careful'], targets: ['traffic/shop'] }, may: ['careful on traffic/shop'] },
  runbooks: { where: { runbooks: ['care*'] }, may: ['careful on traffic/shop', 'careful on traffic/pay'] },
  targets: {
    where: { targets: ['traffic/*'] },
    may: ['careful on traffic/shop', 'careful on traffic/pay', 'other on traffic/shop'],
  },
  reader: { where: { roles: ['viewer'] }, may: [] },
};

const secretOf = (name: string): string => `the-secret-of-${name}`;
const token = (name: string, more: Partial<Token>): Token => ({
  name,
  roles: ['approver'],
  sha256: createHash('sha256').update(secretOf(name)).digest('hex'),
  ...more,
});

describe('what is done to something is done only by those who may there', () => {
  let api: ApiApp;
  beforeAll(async () => {
    const tokens = Object.entries(PEOPLE).map(([name, { where }]) => token(name, where));
    api = await startApi({
      tokens: [...tokens, token('starter', { roles: ['admin'] })],
      runbooks: RUNBOOKS,
      topology: MAP,
    });
  });
  afterAll(() => api.close());

  type Method = 'GET' | 'POST' | 'DELETE';
  const ask = (who: string, method: Method, path: string, body?: object): Promise<Answer> =>
    api.send(method, path, undefined, body, { authorization: `Bearer ${secretOf(who)}` });
  const start = (who: string, { runbook, service }: (typeof SUBJECTS)[Subject], dryRun: boolean): Promise<Answer> =>
    ask(who, 'POST', `/api/v1/runbooks/${runbook}/executions`, { labels: { service }, dryRun });

  /** Tells who was let through; whoever was not has changed nothing and hears what is lacking. */
  async function letThrough(act: (who: string) => Promise<Answer>, lacking: string): Promise<string[]> {
    const through: string[] = [];
    // those who may least come first, so that what is done by those who may does not hide anything
    for (const who of Object.keys(PEOPLE).toReversed()) {
      const before = await api.store.auditHead();
      const { status, json } = await act(who);
      if (json.code !== 'forbidden') through.push(who);
      else {
        expect(status).toBe(403);
        expect(await api.store.auditHead()).toEqual(before);
        expect(json.detail).toMatch(`${who} has no role that allows this: ${lacking}`);
      }
    }
    return through.toReversed();
  }

  const allowed = (subject: Subject): string[] =>
    Object.entries(PEOPLE).flatMap(([name, { may }]) => (may.includes(subject) ? [name] : []));
  const subjects = Object.keys(SUBJECTS) as Subject[];

  describe.each(subjects)('%s', (subject) => {
    it.each(['approve', 'reject', 'cancel', 'revert', 'retry', 'accept'])('%s', async (command) => {
      const { json } = await start('starter', SUBJECTS[subject], false);
      await api.clock.pass(10);
      const path = `/api/v1/executions/${json.id}`;
      const { digest } = (await ask('starter', 'GET', path)).json.plan;
      const body = command === 'approve' ? { digest } : { reason: 'a test' };
      const through = await letThrough((who) => ask(who, 'POST', `${path}/${command}`, body), command);
      expect(through).toEqual(allowed(subject));
      await ask('starter', 'POST', `${path}/cancel`);
      await ask('starter', 'POST', `${path}/accept`);
      // the governor's limits are by the hour
      await api.clock.pass(3_600_000);
      expect((await ask('starter', 'GET', path)).json.phase).toBe('closed');
    });

    it.each([false, true])('starting it by hand, only to look: %s', async (dryRun) => {
      const through = await letThrough((who) => start(who, SUBJECTS[subject], dryRun), 'start');
      expect(through).toEqual(allowed(subject));
      for (const { id } of (await ask('starter', 'GET', '/api/v1/executions?limit=100')).json.items)
        await ask('starter', 'POST', `/api/v1/executions/${id}/cancel`);
      await api.clock.pass(60_000);
    });

    it('reading and simulating, wherever it is', async () => {
      const { runbook, service } = SUBJECTS[subject];
      const readers = await letThrough((who) => ask(who, 'GET', `/api/v1/runbooks/${runbook}`), '-');
      expect(readers).toEqual(Object.keys(PEOPLE));
      const labels = { alertname: 'CenterDown', service, runbook };
      const alerts = [{ status: 'firing', labels, annotations: {}, startsAt: '2026-11-01T11:59:00Z' }];
      const simulate = (who: string) => ask(who, 'POST', '/api/v1/simulations', { version: '4', alerts });
      expect(await letThrough(simulate, 'simulate')).toEqual(Object.keys(PEOPLE).slice(0, -1));
    });
  });

  it.each([
    ['trusting a runbook for all of its targets', 'POST', '/api/v1/runbooks/careful/trust', ['everywhere', 'runbooks']],
    ['trusting another runbook', 'POST', '/api/v1/runbooks/other/trust', ['everywhere']],
    ['ending a storm of a runbook', 'DELETE', '/api/v1/storms/careful%7Cservice=shop', ['everywhere', 'runbooks']],
    ['ending another storm', 'DELETE', '/api/v1/storms/other%7C', ['everywhere']],
    ['saying how a centre is', 'POST', '/api/v1/centers/a/serving', ['everywhere']],
    ['reading the catalogue again', 'POST', '/-/reload', ['everywhere']],
  ] as const)('%s', async (_what, method, path, who) => {
    const body = { reason: 'a test', ...(path.endsWith('serving') ? { serving: true } : {}) };
    expect(await letThrough((name) => ask(name, method, path, body), '')).toEqual(who);
  });

  it.each([
    ['all', ['everywhere'], ['everywhere']],
    ['plugin:pretend', ['everywhere'], ['everywhere']],
    ['runbook:careful', ['everywhere', 'narrow', 'runbooks', 'targets'], ['everywhere', 'runbooks']],
    ['runbook:other', ['everywhere', 'targets'], ['everywhere']],
    ['target:traffic/shop', ['everywhere', 'narrow', 'runbooks', 'targets'], ['everywhere', 'targets']],
    ['target:traffic/*', ['everywhere', 'runbooks', 'targets'], ['everywhere', 'targets']],
    ['target:*', ['everywhere', 'runbooks'], ['everywhere']],
  ])('pausing %s, and lifting what somebody else has paused', async (scope, pause, lift) => {
    const pull = (who: string) => ask(who, 'POST', '/api/v1/pauses', { scope, reason: 'a test' });
    expect(await letThrough(pull, 'pause')).toEqual(pause);
    const lifted = async (who: string): Promise<Answer> => {
      const { json } = await ask('starter', 'POST', '/api/v1/pauses', { scope, reason: 'somebody else' });
      return ask(who, 'DELETE', `/api/v1/pauses/${json.id}?reason=x`);
    };
    const through: string[] = [];
    for (const who of Object.keys(PEOPLE)) if ((await lifted(who)).status === 200) through.push(who);
    expect(through).toEqual(lift);
    for (const { id, by } of await api.store.pauses())
      expect((await ask(by, 'DELETE', `/api/v1/pauses/${id}?reason=own`)).status).toBe(200);
  });

  it('says what is lacking, and where', async () => {
    const { json } = await start('narrow', SUBJECTS['careful on traffic/pay'], true);
    expect(json.detail).toBe('narrow has no role that allows this: start careful on traffic/pay');
    const { json: reload } = await ask('narrow', 'POST', '/-/reload');
    expect(reload.detail).toBe('narrow has no role that allows this: reload everywhere');
    expect(EVERYTHING).toEqual({ runbook: '*', target: '*' });
  });
});

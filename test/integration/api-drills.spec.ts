import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, tokenOf, type Answer, type ApiApp } from './api-app.js';

const FULL = {
  drill: 'kill-a-center',
  target: 'traffic/shop',
  runbook: 'cut-over-center',
  startedAt: '2026-11-01T11:00:00.000Z',
  endedAt: '2026-11-01T11:00:45.000Z',
  passed: false,
  detail: 'the recovery took 14s; 12s was wanted',
  recoverySeconds: 14,
  objectiveSeconds: 12,
  slos: [
    { name: 'error-ratio', breached: true },
    { name: 'p99', breached: false },
  ],
  executions: ['x1'],
};

const narrow = {
  name: 'narrow',
  roles: ['approver'],
  sha256: createHash('sha256').update('the-secret-of-narrow').digest('hex'),
  runbooks: ['cut-over-center'],
  targets: ['traffic/shop'],
};

describe('drills over HTTP', () => {
  let api: ApiApp;
  beforeAll(async () => {
    const approver = {
      name: 'approver',
      roles: ['approver'],
      sha256: createHash('sha256').update(tokenOf('approver')).digest('hex'),
    };
    api = await startApi({ tokens: [approver, narrow] });
  });
  afterAll(() => api.close());

  const report = (body: object): Promise<Answer> => api.send('POST', '/api/v1/drills', 'approver', body);
  const list = async (query = '') => (await api.send('GET', `/api/v1/drills${query}`, 'approver')).text;
  const audited = async () => (await api.store.audit(0, 1_000)).filter(({ text }) => text.includes('drill-held'));

  it('E5: keeps a run as it was reported, once, and writes down who reported it', async () => {
    const first = await report(FULL);
    expect([first.status, JSON.parse(first.text)]).toEqual([200, { ...FULL, kept: 'now' }]);
    expect(JSON.parse((await report(FULL)).text)).toMatchObject({ kept: 'before' });
    expect(JSON.parse(await list())).toEqual({ items: [FULL] });
    const [record, ...more] = await audited();
    expect(more).toEqual([]);
    expect(record?.text).toContain('"what":"drill-held","of":"kill-a-center","by":"approver","from":"token:approver');
    expect(record?.text).toContain('not passed: the recovery took 14s');
    expect(api.log.filter(({ message }) => message === 'a drill did not pass')).toHaveLength(1);
  });

  it('E5: shows the last run of each drill, and all kept runs of one', async () => {
    const next = { ...FULL, startedAt: '2026-11-01T11:30:00.000Z', endedAt: '2026-11-01T11:30:45.000Z' };
    await report(next);
    const other = { ...FULL, drill: 'slow-center', slos: [], passed: true, recoverySeconds: 12, detail: 'as expected' };
    await report(other);
    expect(JSON.parse(await list())).toEqual({ items: [next, other] });
    expect(JSON.parse(await list('?drill=kill-a-center'))).toEqual({ items: [next, FULL] });
    expect(JSON.parse(await list('?drill=never'))).toEqual({ items: [] });
  });

  it.each([
    ['a run from the future, which would hide that the drill is overdue', { endedAt: '2026-11-01T13:00:00Z' }],
    ['a run that ended before it began', { endedAt: '2026-11-01T10:59:59Z' }],
    ['one that passed although something did not hold', { passed: true }],
    ['one that passed although the recovery took too long', { passed: true, slos: [] }],
    ['one that passed although the service did not come back', { passed: true, slos: [], recoverySeconds: undefined }],
    ['the same SLO twice', { slos: [FULL.slos[0], FULL.slos[0]] }],
    ['a name that cannot be a label', { drill: 'Kill a centre' }],
    ['a wildcard as target', { target: 'traffic/*' }],
    ['more than one line', { detail: 'a\nb' }],
    ['too many SLOs', { slos: Array.from({ length: 21 }, (_, i) => ({ name: `s${i}`, breached: false })) }],
    ['a number that is none', { recoverySeconds: -1 }],
    ['a property that nobody knows', { note: 'x' }],
  ])('A6: refuses %s', async (_, change) => {
    const { status } = await report({ ...FULL, drill: 'refused', ...change });
    expect(status).toBe(400);
    expect(JSON.parse(await list('?drill=refused'))).toEqual({ items: [] });
  });

  it('S3: whoever may decide on some runbooks and targets only reports drills on those only', async () => {
    const as = { authorization: 'Bearer the-secret-of-narrow' };
    const send = (change: object): Promise<Answer> =>
      api.send('POST', '/api/v1/drills', undefined, { ...FULL, drill: 'narrow', ...change }, as);
    const { runbook: _, ...nobody } = { ...FULL, drill: 'narrow' };
    expect((await send({ target: 'traffic/pay' })).json.code).toBe('forbidden');
    expect((await send({ runbook: 'throttle' })).json.code).toBe('forbidden');
    expect((await api.send('POST', '/api/v1/drills', undefined, nobody, as)).json.code).toBe('forbidden');
    expect((await send({})).status).toBe(200);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const VERIFY =
  '  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 1, unhealthy: 1, unknown: 1, within: 10s }';
const STORM = '  guards: { cooldown: 0s, storm: { distinctTargets: 1, per: 10m, by: service, calm: 10m } }';
const DAYTIME = "guards: { cooldown: 10m, windows: { only: ['Mon-Fri 08:00-18:00 Asia/Shanghai'] }, maxAlertAge: 1h }";

const RUNBOOKS = {
  quick: runbookFile('quick', VERIFY, 'auto').replace('cooldown: 10m', 'cooldown: 0s'),
  stormy: runbookFile('stormy', '', 'auto')
    .replace('{{labels.service}}', '{{labels.service}}/{{labels.pod}}')
    .replace(/ {2}guards: .*/, STORM),
  daytime: runbookFile('daytime', '', 'auto').replace(/guards: .*/, DAYTIME),
  rich: runbookFile('rich', `${VERIFY.replace(' }', ', guards: [{ name: errors, probe: pretend/state, with: {} }] }')}`)
    .replace('approval: { within: 15m }', 'approval: { within: 15m, required: 2, roles: [sre], onExpiry: escalate }')
    .replace(
      'maxAlertAge: 1h',
      'maxAlertAge: 1h, storm: off, recurrence: off, blastRadius: { by: service, percent: 20, per: 1h }',
    )
    .concat('\n  lease: 30m\n  maxLease: 2h\n  escalate: quick\n'),
};

const TOPOLOGY = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: North } }
centers:
  a: { region: north, vendor: v1, role: serving, capacity: 1000, standby: b }
  b: { region: north, vendor: v2, role: standby, capacity: 1000 }
groups: { service: { shop: 10, pay: 10 } }
assertions: [{ name: somebody-serves, minServing: 1 }]
`;

describe('limits and trust', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi({ runbooks: RUNBOOKS, topology: TOPOLOGY })));
  afterEach(() => api.close());

  async function fire(runbook: string, labels: object = {}) {
    const all = { alertname: 'CenterDown', service: 'shop', runbook, ...labels };
    const alerts = [{ status: 'firing', labels: all, annotations: {}, startsAt: '2026-11-01T11:59:00Z' }];
    const { json } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
    await api.clock.pass(10);
    return json.alerts[0].decisions[0];
  }
  const get = async (path: string) => (await api.send('GET', `/api/v1/${path}`, 'viewer')).json;
  const warnings = (): unknown[] =>
    api.log.filter(({ level }) => level === 'warn').map(({ message, fields }) => [message, fields]);

  describe('a runbook', () => {
    async function loseTrust(): Promise<void> {
      api.target.measurement = { status: 'unhealthy', detail: 'not better' };
      for (const pod of ['1', '2', '3']) {
        await fire('quick', { pod });
        await api.clock.pass(20_000);
      }
    }

    it('shows its figures, and goes as far as its file says while it is trusted', async () => {
      await fire('quick');
      await api.clock.pass(20_000);
      const { name: _name, ...counts } = await get('runbooks/quick/scorecard');
      expect(counts).toEqual({
        mode: 'auto',
        effectiveMode: 'auto',
        counts: expect.objectContaining({ fired: 1, verified: 1, notVerified: 0 }),
        medianRecoverySeconds: expect.any(Number),
        failuresInARow: 0,
      });
      expect((await get('runbooks')).items).toContainEqual(
        expect.objectContaining({ name: 'quick', effectiveMode: 'auto' }),
      );
    });

    it('that failed three times in a row asks a person, until a person trusts it again and says why', async () => {
      await loseTrust();
      const lost = await get('runbooks/quick');
      expect(lost).toMatchObject({
        mode: 'auto',
        effectiveMode: 'approve',
        scorecard: { failuresInARow: 3, trust: { to: 'approve', why: 'not-verified' } },
      });
      const path = '/api/v1/runbooks/quick/trust';
      const silent = await api.send('POST', path, 'approver');
      expect([silent.status, silent.json.detail]).toEqual([400, 'reason: missing; say why, for the record']);
      const { status, json } = await api.send('POST', path, 'approver', { reason: 'the probe was wrong' });
      expect([status, json]).toMatchObject([200, { name: 'quick', effectiveMode: 'auto', failuresInARow: 0 }]);
      expect(warnings()).toEqual([
        [
          'a person trusts a runbook again',
          {
            runbook: 'quick',
            by: 'approver',
            from: 'token:approver by token from 127.0.0.1',
            reason: 'the probe was wrong',
          },
        ],
      ]);
      const done = { what: 'trust-restored', of: 'quick', by: 'approver', detail: 'the probe was wrong' };
      expect((await get('audit?limit=1000')).items.at(-1)).toMatchObject({
        ...done,
        from: 'token:approver by token from 127.0.0.1',
      });
      const again = await api.send('POST', `${path}?reason=once%20more`, 'approver');
      expect([again.status, again.json.code]).toEqual([409, 'already-so']);
    });

    it('that is not there has no figures and no trust', async () => {
      expect((await get('runbooks/nothing/scorecard')).code).toBe('not-found');
      const { json } = await api.send('POST', '/api/v1/runbooks/nothing/trust?reason=x', 'approver');
      expect(json.code).toBe('not-found');
    });

    it('shows all that its file says, with the defaults', async () => {
      expect(await get('runbooks/rich')).toMatchObject({
        approval: { required: 2, roles: ['sre'], within: '15m', onExpiry: 'escalate' },
        guards: {
          blastRadius: { by: 'service', percent: 20, per: '1h' },
          storm: 'off',
          recurrence: 'off',
        },
        verify: { guards: [{ name: 'errors', probe: 'pretend/state' }] },
        lease: '30m',
        maxLease: '2h',
        escalate: 'quick',
      });
      expect(await get('runbooks/daytime')).toMatchObject({
        approval: { required: 1, roles: ['approver'], onExpiry: 'close' },
        guards: {
          storm: { distinctTargets: 5, per: '10m', percent: 40, calm: '10m' },
          windows: { only: ['Mon-Fri 08:00-18:00 Asia/Shanghai'], never: [] },
          recurrence: { limit: 5, per: '7d' },
        },
      });
    });
  });

  describe('a storm', () => {
    it('is listed with what was hit, and a person ends it and says why', async () => {
      expect((await get('storms')).items).toEqual([]);
      for (const pod of ['1', '2']) await fire('stormy', { pod });
      const key = 'stormy|service=shop';
      expect((await get('storms')).items).toEqual([
        {
          key,
          runbook: 'stormy',
          group: 'service=shop',
          since: '2026-11-01T12:00:00.010Z',
          calmAt: '2026-11-01T12:10:00.010Z',
          targets: [
            { target: 'traffic/shop/1', at: '2026-11-01T12:00:00.000Z' },
            { target: 'traffic/shop/2', at: '2026-11-01T12:00:00.010Z' },
          ],
          alert: { alertname: 'CenterDown', service: 'shop', runbook: 'stormy', pod: '2' },
        },
      ]);
      const path = `/api/v1/storms/${encodeURIComponent(key)}`;
      expect((await api.send('DELETE', path, 'operator')).json.code).toBe('malformed-body');
      const { status, json } = await api.send('DELETE', path, 'operator', { reason: 'a false alarm' });
      expect([status, json]).toEqual([200, { key, ended: true, by: 'operator', reason: 'a false alarm' }]);
      expect(warnings()).toEqual([
        [
          'a person has ended a storm',
          { storm: key, by: 'operator', from: 'token:operator by token from 127.0.0.1', reason: 'a false alarm' },
        ],
      ]);
      const done = { what: 'storm-ended', of: key, by: 'operator', detail: 'a false alarm' };
      expect((await get('audit?limit=1000')).items.at(-1)).toMatchObject({
        ...done,
        from: 'token:operator by token from 127.0.0.1',
      });
      expect((await get('storms')).items).toEqual([]);
      expect((await fire('stormy', { pod: '3' })).decision).toBe('opened');
      expect((await api.send('DELETE', `${path}?reason=again`, 'operator')).json.code).toBe('not-found');
    });
  });

  describe('centres', () => {
    it('are listed, and a person says that one is out of service, or back', async () => {
      const b = { id: 'b', region: 'north', vendor: 'v2', role: 'standby', capacity: 1000, inService: true };
      const a = { id: 'a', region: 'north', vendor: 'v1', role: 'serving', capacity: 1000, inService: true };
      expect((await get('centers')).items).toEqual([a, b]);
      const say = (serving: boolean) =>
        api.send('POST', '/api/v1/centers/a/serving', 'operator', { serving, reason: 'power works' });
      const since = new Date(api.clock.now()).toISOString();
      const out = { ...a, inService: false, by: ['person:operator'], since };
      expect((await say(false)).json).toEqual(out);
      expect((await get('centers')).items).toEqual([out, b]);
      expect((await say(true)).json).toEqual(a);
      expect(warnings()).toHaveLength(2);
    });

    it.each([
      ['x', { serving: false, reason: 'r' }, 404, 'the topology has no centre x; known are: a, b'],
      ['__proto__', { serving: false, reason: 'r' }, 404, expect.stringContaining('has no centre __proto__')],
      ['a', { serving: false }, 400, expect.stringContaining('reason')],
      ['a', { serving: 'no', reason: 'r' }, 400, expect.stringContaining('serving')],
      ['a', { serving: false, reason: '  ' }, 400, expect.stringContaining('reason')],
    ])('%s with %j is refused', async (id, body, status, detail) => {
      const answer = await api.send('POST', `/api/v1/centers/${id}/serving`, 'operator', body);
      expect([answer.status, answer.json.detail]).toEqual([status, detail]);
      expect((await get('centers')).items.map((center) => center.id)).toEqual(['a', 'b']);
    });
  });

  describe('starting by hand', () => {
    const start = (dryRun = false) =>
      api.send('POST', '/api/v1/runbooks/daytime/executions', 'operator', { labels: { service: 'shop' }, dryRun });

    it('outside of the windows is refused, but for a dry run', async () => {
      // it is a Sunday
      const { status, json } = await start();
      expect([status, json.code, json.detail]).toEqual([
        409,
        'suppressed',
        'outside-window: outside of "Mon-Fri 08:00-18:00 Asia/Shanghai": it is Sun 20:00 there; a person may act outside of it only by changing the runbook or by another runbook',
      ]);
      expect((await start(true)).status).toBe(202);
    });

    it('inside of them is done', async () => {
      await api.clock.pass(14 * 3_600_000);
      expect((await start()).status).toBe(202);
    });
  });
});

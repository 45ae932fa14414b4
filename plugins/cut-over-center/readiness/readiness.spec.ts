import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/plugin-sdk/index.js';
import type { Probe } from '../../../src/plugin-sdk/plugin.js';
import { freePort } from '../../../test/rig/processes.js';
import plugin from '../index.js';

const remarks: string[] = [];
const log = { info: () => undefined, warn: (message: string) => void remarks.push(message) };
const token = 'canary-77ce';
const NOW = Date.parse('2026-11-21T12:00:00Z') / 1000;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function probeWith(answer: RequestListener): Promise<Probe> {
  const server = createServer(answer);
  servers.push(server);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return probeAt(`http://127.0.0.1:${port}`);
}

function probeAt(prometheus: string): Probe {
  return plugin.instantiate({ readiness: { prometheus, token, timeout: '200ms' } }, log).provided.probes!['readiness']!;
}

type Series = readonly [labels: Readonly<Record<string, string>>, value: number | string];

/** A Prometheus that has just these results, by the query; what it has not gives no series. */
function knowing(results: Readonly<Record<string, readonly Series[]>>): RequestListener {
  return (request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams.get('query') ?? '';
    const result = (results[query] ?? []).map(([metric, value]) => ({ metric, value: [NOW, String(value)] }));
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  };
}

const measure = (probe: Probe, checks: { readonly [name: string]: Json }, signal = new AbortController().signal) =>
  probe.measure({ signal, log }, { center: 'b', from: 'a', ...checks });
const asked = async (results: Parameters<typeof knowing>[0], checks: { readonly [name: string]: Json }) =>
  measure(await probeWith(knowing(results)), checks);

const on = (center: string, value: number | string, more = {}): Series => [{ center, ...more }, value];
const policy = (center: string, name: string, version: string, value: number | string = 1): Series =>
  on(center, value, { policy: name, version });

describe('headroom', () => {
  const headroom = { load: 'load', capacity: 1000, least: 0.2 };

  it('is what is left free when the other centre’s load is added', async () => {
    expect(await asked({ load: [on('a', 500), on('b', 200)] }, { headroom })).toEqual({
      status: 'healthy',
      detail:
        'b is ready to take over from a: headroom 30 % of 1000 left free, wanted at least 20 %: 200 carried at b now, 500 more from a',
      values: { headroom: 0.3, load: 0.2 },
    });
    expect(await asked({ load: [on('a', 800), on('b', 700)] }, { headroom })).toEqual({
      status: 'unhealthy',
      detail:
        'b is not ready to take over from a: headroom -50 % of 1000 left free, wanted at least 20 %: 700 carried at b now, 800 more from a',
      values: { headroom: -0.5, load: 0.7 },
    });
  });

  it('is enough at its limit, and not below it, also when it is rounded', async () => {
    expect((await asked({ load: [on('a', 500), on('b', 300)] }, { headroom })).status).toBe('healthy');
    const short = await asked({ load: [on('a', 500), on('b', 300.5)] }, { headroom });
    expect(short).toMatchObject({ status: 'unhealthy', detail: expect.stringContaining('headroom 19 % of 1000') });
  });

  it('takes what comes along from a query of its own, and capacity as a text', async () => {
    const given = { load: 'load', takes: 'coming', capacity: '1000' };
    const found = await asked({ load: [[{}, 100]], coming: [[{}, 200]] }, { headroom: given });
    expect(found).toMatchObject({ status: 'healthy', values: { headroom: 0.7, load: 0.1 } });
  });

  it.each<[string, Record<string, readonly Series[]>, object, string]>([
    ['the load is not there', {}, {}, 'the load of b cannot be told: the query has no data'],
    ['only others have one', { load: [on('c', 1)] }, {}, 'the load of b cannot be told: the query has no data for b'],
    [
      'what comes along is not there',
      { load: [on('b', 1)] },
      {},
      'what comes along from a cannot be told: the query has no data for a',
    ],
    [
      'nobody says what comes along',
      { load: [[{}, 1]] },
      {},
      'what comes along from a cannot be told: the load is not given for each center: say "takes"',
    ],
    [
      'its own query has nothing',
      { load: [on('a', 1), on('b', 1)] },
      { takes: 'coming' },
      'what comes along from a cannot be told: the query has no data',
    ],
    ['it is NaN', { load: [on('a', 1), on('b', 'NaN')] }, {}, 'the load of b cannot be told: the query gives NaN'],
    [
      'it is negative',
      { load: [on('a', -1), on('b', 1)] },
      {},
      'what comes along from a cannot be told: the query gives -1',
    ],
    [
      'there are several',
      { load: [on('b', 1, { i: '1' }), on('b', 1, { i: '2' })] },
      {},
      'the load of b cannot be told: the query gives 2 series for b, not one',
    ],
  ])('is unknown when %s: never taken for nothing', async (_, results, more, reason) => {
    const found = await asked(results, { headroom: { ...headroom, ...more } });
    expect(found).toEqual({
      status: 'unknown',
      detail: `whether b is ready to take over from a cannot be told: ${reason}`,
      values: {},
    });
  });

  it('is not there when the load is infinite', async () => {
    const found = await asked({ load: [on('a', 1), on('b', '+Inf')] }, { headroom });
    expect(found).toMatchObject({ status: 'unhealthy', values: { load: 1 } });
  });
});

describe('lag', () => {
  const lag = { query: 'lag', most: '5s' };

  it.each<[number | string, string, object]>([
    [0.2, 'healthy', { lag: 0.2 }],
    [5, 'healthy', { lag: 5 }],
    [5.001, 'unhealthy', { lag: 5.001 }],
    [-0.01, 'healthy', { lag: 0 }],
    ['+Inf', 'unhealthy', {}],
    ['NaN', 'unknown', {}],
  ])('of %s seconds is %s', async (seconds, status, values) => {
    expect(await asked({ lag: [on('a', 99), on('b', seconds)] }, { lag })).toMatchObject({ status, values });
  });

  it('is said with its limit', async () => {
    expect((await asked({ lag: [[{}, 7.5]] }, { lag })).detail).toBe(
      'b is not ready to take over from a: lag 8 s, wanted at most 5 s',
    );
  });
});

describe('the last drill', () => {
  const drill = { query: 'proven', most: '7d' };

  it.each<[string, number, string, string]>([
    ['three days ago', NOW - 3 * 86_400, 'healthy', 'last drill 3 d ago, wanted within the last 7 d'],
    ['eight days ago', NOW - 8 * 86_400, 'unhealthy', 'last drill 8 d ago, wanted within the last 7 d'],
    ['never', 0, 'unhealthy', 'b has never been drilled, wanted within the last 7 d'],
    ['a moment in the future', NOW + 5, 'healthy', 'last drill 0 ms ago, wanted within the last 7 d'],
  ])('%s', async (_, at, status, detail) => {
    const found = await asked({ proven: [on('b', at)] }, { drill });
    expect(found).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });

  it.each([[[]], [[on('b', NOW + 3_600)]], [[on('a', NOW)]]])('is unknown when %j is known', async (proven) => {
    expect((await asked({ proven }, { drill })).status).toBe('unknown');
  });

  it('gives its age', async () => {
    expect((await asked({ proven: [on('b', NOW - 90)] }, { drill })).values).toEqual({ drill_age_seconds: 90 });
  });
});

describe('policies', () => {
  const same = [
    policy('a', 'egress', '3'),
    policy('a', 'waf', '1'),
    policy('b', 'egress', '3'),
    policy('b', 'waf', '1'),
  ];
  const found = (policy_info: readonly Series[], more = {}) => asked({ policy_info }, { policies: more });

  it('are in order when all of the other centre are there in the same versions', async () => {
    expect(await found([...same, policy('b', 'more', '1')])).toEqual({
      status: 'healthy',
      detail: 'b is ready to take over from a: all 2 policies that are needed are at b in the same versions',
      values: { missing_policies: 0, differing_policies: 0 },
    });
  });

  it('E2: are not in order when one is missing: the egress allow-list of the incident', async () => {
    const incident = same.filter(([labels]) => labels['center'] === 'a' || labels['policy'] !== 'egress');
    expect(await found(incident)).toEqual({
      status: 'unhealthy',
      detail: 'b is not ready to take over from a: policies missing at b: egress',
      values: { missing_policies: 1, differing_policies: 0 },
    });
  });

  it('are not in order when one has another version, or several', async () => {
    const [, waf, , wafThere] = same;
    const given = [policy('a', 'egress', '3'), policy('b', 'egress', '2'), policy('b', 'egress', '3'), waf!, wafThere!];
    expect(await found(given)).toMatchObject({
      status: 'unhealthy',
      detail: 'b is not ready to take over from a: policies in another version at b: egress (2 and 3 at b, 3 at a)',
      values: { missing_policies: 0, differing_policies: 1 },
    });
  });

  it('are not in order when one is missing that is required, although the other centre has it neither', async () => {
    expect(await found(same, { required: ['geo-block', 'waf'] })).toMatchObject({
      status: 'unhealthy',
      detail: expect.stringContaining('policies missing at b: geo-block'),
    });
  });

  it('do not count when their metric says 0 or is stale', async () => {
    const given = [
      ...same.slice(0, 2),
      policy('b', 'egress', '3', 0),
      policy('b', 'waf', '1', 'NaN'),
      policy('b', 'x', '1'),
    ];
    expect((await found(given)).detail).toContain('policies missing at b: egress, waf');
  });

  it.each<[string, readonly Series[], string]>([
    ['nothing is known', [], 'the policies of a cannot be told'],
    ['nothing is known of the one', same.slice(0, 2), 'the policies of b cannot be told: the query has no data for it'],
    ['nothing is known of the other', same.slice(2), 'the policies of a cannot be told: the query has no data for it'],
    [
      'they have no versions',
      [on('a', 1, { policy: 'waf' }), on('b', 1, { policy: 'waf' })],
      'the versions of policies cannot be told: no version is given for waf',
    ],
  ])('cannot be told when %s', async (_, given, reason) => {
    expect(await found(given)).toMatchObject({ status: 'unknown', detail: expect.stringContaining(reason) });
  });

  it('may carry other labels', async () => {
    const given = [
      [{ site: 'a', name: 'waf', rev: '1' }, 1],
      [{ site: 'b', name: 'waf', rev: '1' }, 1],
    ] as const;
    const policies = { query: 'rules', label: 'name', version: 'rev' };
    expect((await asked({ rules: given }, { label: 'site', policies })).status).toBe('healthy');
  });

  it('are named up to twenty', async () => {
    const many = Array.from({ length: 30 }, (_, i) => policy('a', `p${String(i).padStart(2, '0')}`, '1'));
    const { detail } = await found([...many, policy('b', 'x', '1')]);
    expect(detail).toMatch(/p00, .*p19 and 10 more$/);
  });
});

describe('several checks', () => {
  const checks = {
    headroom: { load: 'load', capacity: 1000 },
    lag: { query: 'lag', most: '5s' },
    policies: {},
    drill: { query: 'proven', most: '7d' },
  };
  const well = {
    load: [on('a', 300), on('b', 200)],
    lag: [on('b', 0)],
    policy_info: [policy('a', 'waf', '1'), policy('b', 'waf', '1')],
    proven: [on('b', NOW - 60)],
  };

  it('are in order when each is', async () => {
    const found = await asked(well, checks);
    expect(found.status).toBe('healthy');
    expect(found.values).toEqual({
      headroom: 0.5,
      load: 0.2,
      lag: 0,
      missing_policies: 0,
      differing_policies: 0,
      drill_age_seconds: 60,
    });
    expect(found.detail.split('\n')).toHaveLength(5);
  });

  it('give every reason, each on a line of its own', async () => {
    const ill = {
      load: [on('a', 900), on('b', 200)],
      lag: [on('b', 60)],
      policy_info: [policy('a', 'waf', '1'), policy('b', 'x', '1')],
    };
    const found = await asked(ill, checks);
    expect(found.status).toBe('unhealthy');
    expect(found.detail.split('\n')).toEqual([
      'b is not ready to take over from a:',
      expect.stringMatching(/^headroom -10 % of 1000.*;$/),
      'lag 1 min, wanted at most 5 s;',
      'policies missing at b: waf;',
      'the last drill of b cannot be told: the query has no data',
    ]);
  });

  it('are unknown together when one of them is, and none is out of order', async () => {
    const found = await asked({ ...well, proven: [] }, checks);
    expect(found).toMatchObject({
      status: 'unknown',
      detail:
        'whether b is ready to take over from a cannot be told: the last drill of b cannot be told: the query has no data',
      values: { headroom: 0.5 },
    });
  });
});

describe('a Prometheus that does not answer as it should', () => {
  const checks = { lag: { query: 'lag', most: '5s' } };

  it.each<[string, RequestListener, string]>([
    [
      'refuses the query',
      (_, r) => r.writeHead(400).end('{"status":"error","errorType":"bad_data","error":"no"}'),
      'Prometheus refused the query: bad_data: no',
    ],
    ['refuses the token', (_, r) => r.writeHead(401).end('who?'), 'Prometheus answered 401'],
    ['fails', (_, r) => r.writeHead(500).end(), 'Prometheus answered 500'],
    ['sends a page', (_, r) => r.end('<html>'), 'Prometheus’ answer was not understood'.replace('’', "'")],
    ['is silent', () => undefined, 'Prometheus did not answer within 200 ms'],
    ['hangs up', (_, r) => r.destroy(), 'Prometheus closed the connection before it had answered'],
  ])('that %s leaves it unknown, and shows no secret', async (_, answer, reason) => {
    const found = await measure(await probeWith(answer), checks);
    expect(found).toMatchObject({ status: 'unknown', values: {} });
    expect(found.detail).toContain(`: lag cannot be told: ${reason}`);
    expect(JSON.stringify(found)).not.toContain(token);
  });

  it('does not hide what another query shows', async () => {
    const lagOnly = knowing({ lag: [on('b', 60)] });
    const probe = await probeWith((q, r) =>
      q.url?.includes('policy') === true ? r.writeHead(503).end() : lagOnly(q, r),
    );
    const found = await measure(probe, { ...checks, policies: {} });
    expect(found.status).toBe('unhealthy');
    expect(found.detail).toContain(
      '\nlag 1 min, wanted at most 5 s;\npolicies cannot be told: Prometheus answered 503',
    );
  });

  it('is given up when the call is broken off', async () => {
    const probe = await probeWith(() => undefined);
    await expect(measure(probe, checks, AbortSignal.timeout(30))).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is asked with its token, and its remarks are passed on', async () => {
    const seen: (string | undefined)[] = [];
    const probe = await probeWith((q, r) => {
      seen.push(q.headers.authorization);
      r.end('{"status":"success","warnings":["store c is away"],"data":{"resultType":"scalar","result":[1,"0"]}}');
    });
    expect((await measure(probe, checks)).status).toBe('healthy');
    expect([seen, remarks.splice(0)]).toEqual([[`Bearer ${token}`], ['Prometheus has remarks on a query']]);
  });
});

describe('parameters and configuration', () => {
  const { params } = probeAt('http://127.0.0.1:1');
  const right = { center: 'b', from: 'a', lag: { query: 'lag', most: '5s' } };

  it.each([
    {},
    { center: 'b', from: 'a' },
    { ...right, from: 'b' },
    { ...right, center: 'b"}' },
    { ...right, center: '' },
    { ...right, lag: { query: ' ', most: '5s' } },
    { ...right, lag: { query: 'lag', most: '5 seconds' } },
    { ...right, lag: { query: 'lag' } },
    { ...right, lags: {} },
    { ...right, label: 'a b' },
    { ...right, headroom: { load: 'x', capacity: 0 } },
    { ...right, headroom: { load: 'x', capacity: '-1' } },
    { ...right, headroom: { load: 'x', capacity: 'many' } },
    { ...right, headroom: { load: 'x', capacity: 1, least: 20 } },
  ])('%j is refused', (given) => {
    expect(params.safeParse(right).success).toBe(true);
    expect(params.safeParse(given).success).toBe(false);
  });

  it('are refused as long as nobody can be asked', () => {
    const probe = plugin.instantiate({ endpoint: '/run/x.sock' }, log).provided.probes!['readiness']!;
    expect(probe.params.safeParse(right).error?.issues[0]?.message).toBe(
      'nobody can be asked: configure readiness.prometheus of the plugin',
    );
  });

  it.each([{}, { prometheus: 'p:9090' }, { prometheus: 'http://me:secret@p' }, { prometheus: 'http://p', token: '' }])(
    'the section %j is refused',
    (readiness) => {
      expect(() => plugin.instantiate({ readiness }, log)).toThrow();
    },
  );
});

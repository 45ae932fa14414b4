import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Probe } from '../../../src/plugin-sdk/plugin.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import { freePort } from '../../../test/rig/processes.js';
import { startToldPrometheus, type ToldPrometheus } from '../../../test/rig/told-prometheus.js';
import plugin from '../index.js';
import { judge } from './judge.js';
import type { Windows } from './windows.js';

const log = { info: () => {}, warn: () => {} };
const good = { hitRate: 0.9, p99: 0.012, fallback: 1 };
const terms = { cache: 'sessions', target: 0.01, atLeast: 4, readOnly: 'unhealthy' } as const;
const six = (window: Windows[number] = good): Windows => Array.from({ length: 6 }, () => window);

describe('what six windows mean', () => {
  it('is said in one sentence that can be understood at three in the morning', () => {
    expect(judge(six(), terms)).toEqual({
      status: 'healthy',
      value: 0.91,
      values: { score: 0.91, hitRate: 0.9, latency: 0.833333333, fallback: 1 },
      detail:
        'cache sessions scores 0.91: use it (90 % hits, p99 at worst 12 ms against a target of 10 ms, 100 % of fallbacks succeed)',
    });
    expect(judge(six({ hitRate: 0.05, p99: Infinity, fallback: 0.995 }), terms)).toMatchObject({
      status: 'unhealthy',
      detail:
        'cache sessions scores 0.31: bypass it (5 % hits, p99 at worst beyond measure against a target of 10 ms, 99 % of fallbacks succeed)',
    });
  });

  it('is in the middle what the runbook says it is; unhealthy unless told', () => {
    const middle = six({ hitRate: 0.79, p99: 0.0125, fallback: 0.8 });
    expect(judge(middle, terms).status).toBe('unhealthy');
    expect(judge(middle, { ...terms, readOnly: 'healthy' }).status).toBe('healthy');
    expect(judge(middle, terms).detail).toContain('scores 0.79: only read it, and refresh it in the background (');
    expect(judge(six({ hitRate: 0.5, p99: 0.02, fallback: 0.49 }), { ...terms, readOnly: 'healthy' }).status).toBe(
      'unhealthy',
    );
  });

  it('a window without data counts neither for nor against it, and is said', () => {
    const gap = [{}, ...six().slice(1, 5), { hitRate: 1 }];
    expect(judge(gap, terms)).toMatchObject({ status: 'healthy', value: 0.91 });
    expect(judge(gap, terms).detail).toContain('succeed; 20 s of the last minute have no data)');
  });

  it('too few windows are unknown, and so is having nothing new, never healthy', () => {
    const perfect = { hitRate: 1, p99: 0, fallback: 1 };
    expect(judge([{ hitRate: 1 }, {}, {}, ...six(perfect).slice(3)], terms)).toEqual({
      status: 'unknown',
      detail:
        "how healthy cache sessions is can't be told: 30 s of the last minute have all figures (hit rate 40 s, p99 30 s, fallback success 30 s), and 40 s must have them",
    });
    expect(judge([...six(perfect).slice(2), {}, {}], terms)).toEqual({
      status: 'unknown',
      detail: "how healthy cache sessions is can't be told: the last 20 s have no data",
    });
    expect(judge(six({}), { ...terms, atLeast: 1 }).status).toBe('unknown');
  });
});

const section = (url: string, figures: object) => ({
  healthScore: {
    prometheus: url,
    token: 'canary-64ad',
    timeout: '1500ms',
    caches: {
      sessions: { hitRate: 'vector(0.9)', p99: 'vector(0.02)', fallback: 'vector(1)', target: '10ms', ...figures },
    },
  },
});
const probeOf = (url: string, figures: object = {}): Probe =>
  plugin.instantiate(section(url, figures), log).provided.probes!['health-score']!;
const ask = (probe: Probe, more: object = {}) => probe.measure(plainCall(), { cache: 'sessions', ...more });

describe('with a real Prometheus', () => {
  let prometheus: ToldPrometheus;
  beforeAll(async () => {
    prometheus = await startToldPrometheus();
  });
  afterAll(() => prometheus?.stop());

  it('scores what it says', async () => {
    expect(await ask(probeOf(prometheus.url))).toEqual({
      status: 'healthy',
      value: 0.81,
      values: { score: 0.81, hitRate: 0.9, latency: 0.5, fallback: 1 },
      detail:
        'cache sessions scores 0.81: use it (90 % hits, p99 at worst 20 ms against a target of 10 ms, 100 % of fallbacks succeed)',
    });
  });

  it('looks at each of the last six windows, by its clock', async () => {
    // In any 60 s exactly one of six looks falls into each 10 s of the minute.
    const once = 'vector(1) and (vector(time()) % 60 < 10)';
    const seen = await ask(probeOf(prometheus.url, { hitRate: `(${once}) or vector(0.4)` }));
    expect(seen.values).toMatchObject({ hitRate: 0.5 }); // (1 + 5 x 0.4) / 6
    const gap = await ask(probeOf(prometheus.url, { hitRate: 'vector(0.5) unless (vector(time()) % 60 < 10)' }), {
      atLeast: 5,
    });
    expect(gap).toMatchObject({ values: { hitRate: 0.5 } });
    expect(gap.detail).toContain('10 s of the last minute have no data');
  });

  it('knows nothing of a cache without figures, or one that nobody reads', async () => {
    for (const hitRate of ['no_such_metric', 'vector(0) / 0']) {
      expect(await ask(probeOf(prometheus.url, { hitRate }))).toMatchObject({ status: 'unknown' });
    }
  });

  it('takes it that no fallback was needed for a good thing with the query from the README', async () => {
    const of = (total: string, ok: string) => `(sum(${ok}) / (sum(${total}) > 0)) or (sum(${total}) == bool 0)`;
    const fallback = async (total: string, ok: string) =>
      (await ask(probeOf(prometheus.url, { fallback: of(total, ok) }))).values?.['fallback'];
    expect(await fallback('vector(0)', 'vector(0)')).toBe(1);
    expect(await fallback('vector(4)', 'vector(3)')).toBe(0.75);
    expect(await fallback('no_such_metric', 'no_such_metric')).toBeUndefined();
  });

  it.each([
    [
      { hitRate: 'vector(87)' },
      'not-a-share',
      'the hit rate of sessions is 87: its query must give 0 to 1, and no percent',
    ],
    [
      { fallback: 'vector(-1)' },
      'not-a-share',
      'the fallback success of sessions is -1: its query must give 0 to 1, and no percent',
    ],
    [{ p99: 'vector(-1)' }, 'not-a-latency', 'the p99 of sessions is -1: its query must give seconds'],
    [
      { hitRate: 'label_replace(vector(1), "a", "b", "", "") or vector(1)' },
      'ambiguous',
      'the hit rate of sessions has 2 series: write its query so that it gives one, for example with sum or max',
    ],
  ])('does not guess what %j means', async (figures, code, message) => {
    await expect(ask(probeOf(prometheus.url, figures))).rejects.toMatchObject({ code, message, again: false });
  });

  it('says what Prometheus says of a query', async () => {
    await expect(ask(probeOf(prometheus.url, { p99: 'histogram_quantile(' }))).rejects.toMatchObject({
      code: 'query-refused',
      again: false,
    });
  });
});

describe('a Prometheus that does not answer as it should', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function served(answer: (response: ServerResponse, url: string) => void): Promise<Probe> {
    const port = await freePort();
    server = createServer((request, response) => answer(response, request.url ?? ''));
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    return probeOf(`http://127.0.0.1:${port}`);
  }

  it.each([
    ['is silent', 'timed-out', true, () => {}],
    ['refuses the token', 'refused-by-target', false, (r: ServerResponse) => r.writeHead(401).end()],
    ['sends a page', 'not-understood', false, (r: ServerResponse) => r.end('<html>')],
    ['hangs up', 'target-unreachable', true, (r: ServerResponse) => r.destroy()],
    [
      'gives no range',
      'not-understood',
      false,
      (r: ServerResponse) => r.end('{"status":"success","data":{"resultType":"scalar","result":[1000,"1000"]}}'),
    ],
  ])('that %s: %s', async (_, code, again, answer) => {
    const error: unknown = await ask(await served(answer)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, again });
    expect(String(error)).not.toContain('canary-64ad');
  });

  it('that is an hour behind us is asked about its own last minute', async () => {
    const asked: string[] = [];
    const probe = await served((response, url) => {
      const { pathname, searchParams } = new URL(url, 'http://p');
      if (pathname === '/api/v1/query')
        return response.end('{"status":"success","data":{"resultType":"scalar","result":[1000,"1000"]}}');
      asked.push(['start', 'end', 'step'].map((name) => searchParams.get(name)).join());
      return response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}');
    });
    expect(await ask(probe)).toMatchObject({ status: 'unknown' });
    expect(asked).toEqual(['950,1000,10', '950,1000,10', '950,1000,10']);
  });
});

describe('parameters and configuration', () => {
  const probe = probeOf('http://127.0.0.1:1');
  it.each([
    null,
    {},
    { cache: 'others' },
    { cache: 'toString' },
    { cache: 'sessions', atLeast: 0 },
    { cache: 'sessions', atLeast: 7 },
    { cache: 'sessions', readOnly: 'unknown' },
    { cache: 'sessions', hitRate: 'vector(1)' },
  ])('S6: %j is refused', (params) => {
    expect(probe.params.safeParse(params).success).toBe(false);
  });

  it.each([{ target: '0s' }, { target: 'soon' }, { target: undefined }, { hitRate: ' ' }])('%j is refused', (wrong) => {
    expect(() => plugin.instantiate(section('http://p', wrong), log)).toThrow();
  });

  it('is nothing without a section of its own', () => {
    const { provided } = plugin.instantiate({ diskWatermark: { disks: { data: { path: '/' } } } }, log);
    expect(provided.probes!['health-score']!.params.safeParse({ cache: 'sessions' }).error?.message).toContain(
      'no cache is configured',
    );
  });
});

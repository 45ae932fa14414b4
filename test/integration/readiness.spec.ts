import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/cut-over-center/index.js';
import type { Probe } from '../../src/plugin-sdk/plugin.js';
import { startToldPrometheus, type ToldPrometheus } from '../rig/told-prometheus.js';
import { waitFor } from '../rig/wait-for.js';

const log = { info: () => undefined, warn: () => undefined };
const WELL: Readonly<Record<string, number>> = {
  'center_load{center="a"}': 300,
  'center_load{center="b"}': 200,
  'replication_lag_seconds{center="b"}': 0.1,
  'policy_info{center="a",policy="egress-allow-list",version="7"}': 1,
  'policy_info{center="b",policy="egress-allow-list",version="7"}': 1,
  'firebreak_center_proven_timestamp_seconds{center="b"}': Math.floor(Date.now() / 1000) - 3_600,
};

describe('cut-over-center/readiness with a real Prometheus', () => {
  let prometheus: ToldPrometheus;
  let probe: Probe;

  beforeAll(async () => {
    prometheus = await startToldPrometheus();
    prometheus.tell(WELL);
    const readiness = { prometheus: prometheus.url };
    probe = plugin.instantiate({ readiness }, log).provided.probes!['readiness']!;
    await becomes('healthy');
  });
  afterAll(() => prometheus?.stop());

  const ask = () =>
    probe.measure(
      { signal: new AbortController().signal, log },
      {
        center: 'b',
        from: 'a',
        headroom: { load: 'sum by (center) (center_load)', capacity: 1000 },
        lag: { query: 'max by (center) (replication_lag_seconds)', most: '5s' },
        policies: {},
        drill: { query: 'firebreak_center_proven_timestamp_seconds', most: '7d' },
      },
    );
  const becomes = (status: string) =>
    waitFor(
      `readiness to be ${status}`,
      async () => {
        const found = await ask();
        return found.status === status && found;
      },
      30_000,
    );
  /** Changes what the centres say, and gives what the probe then finds. */
  const when = async (change: Readonly<Record<string, number | undefined>>, status: string) => {
    const all = Object.entries({ ...WELL, ...change });
    prometheus.tell(
      Object.fromEntries(all.flatMap(([series, value]) => (value === undefined ? [] : [[series, value]]))),
    );
    const found = await becomes(status);
    prometheus.tell(WELL);
    await becomes('healthy');
    return found;
  };

  it('finds a centre ready', async () => {
    expect(await ask()).toMatchObject({
      status: 'healthy',
      values: { headroom: 0.5, load: 0.2, lag: 0.1, missing_policies: 0, drill_age_seconds: expect.any(Number) },
    });
  });

  it('E2: finds the policy that is missing at the centre, as soon as it has gone', async () => {
    const gone = { 'policy_info{center="b",policy="egress-allow-list",version="7"}': undefined };
    const other = { 'policy_info{center="b",policy="other",version="1"}': 1 };
    const found = await when({ ...gone, ...other }, 'unhealthy');
    expect(found.detail).toBe('b is not ready to take over from a: policies missing at b: egress-allow-list');
  });

  it('finds a centre without room, and a replica that lags, and says both', async () => {
    const change = { 'center_load{center="a"}': 700, 'replication_lag_seconds{center="b"}': 30 };
    let found = await when(change, 'unhealthy');
    expect(found.detail).toContain('headroom 10 % of 1000 left free, wanted at least 20 %');
    found = await when({ 'replication_lag_seconds{center="b"}': 30 }, 'unhealthy');
    expect(found.detail).toBe('b is not ready to take over from a: lag 30 s, wanted at most 5 s');
  });

  it('knows nothing when a metric is gone, and does not take that for good', async () => {
    const found = await when({ 'replication_lag_seconds{center="b"}': undefined }, 'unknown');
    expect(found.detail).toBe(
      'whether b is ready to take over from a cannot be told: the lag of b cannot be told: the query has no data',
    );
  });

  it('knows nothing once Prometheus is away', async () => {
    await prometheus.process.stop();
    const found = await ask();
    expect(found.status).toBe('unknown');
    expect(found.detail.split('\n')).toEqual([
      'whether b is ready to take over from a cannot be told:',
      "headroom cannot be told: Prometheus can't be reached: ECONNREFUSED;",
      "lag cannot be told: Prometheus can't be reached: ECONNREFUSED;",
      "policies cannot be told: Prometheus can't be reached: ECONNREFUSED;",
      "drill cannot be told: Prometheus can't be reached: ECONNREFUSED",
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import plugin from '../../plugins/evict-stale-cache/index.js';
import type { Measurement } from '../../src/plugin-sdk/index.js';
import { plainCall } from '../rig/plain-call.js';
import { startToldPrometheus, type ToldPrometheus } from '../rig/told-prometheus.js';
import { waitFor } from '../rig/wait-for.js';

const page = readFileSync(new URL('../../plugins/evict-stale-cache/README.md', import.meta.url), 'utf8');
const settings = z.object({
  plugins: z.object({ 'evict-stale-cache': z.object({ healthScore: z.record(z.string(), z.unknown()) }) }),
});
const [shown] = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].flatMap(
  ([, text = '']) => settings.safeParse(parse(text)).data?.plugins['evict-stale-cache'].healthScore ?? [],
);

let prometheus: ToldPrometheus;
beforeAll(async () => {
  prometheus = await startToldPrometheus();
});
afterAll(() => prometheus?.stop());

/** What a cache counts after so many rounds of 100 reads each. */
function counted(rounds: number, each: { readonly hits: number; readonly fast: number; readonly fallbacks: number }) {
  return {
    cache_reads_total: 100 * rounds,
    cache_hits_total: each.hits * rounds,
    'cache_read_seconds_bucket{le="0.01"}': each.fast * rounds,
    'cache_read_seconds_bucket{le="0.02"}': 100 * rounds,
    'cache_read_seconds_bucket{le="+Inf"}': 100 * rounds,
    fallback_total: each.fallbacks * rounds,
    fallback_ok_total: (each.fallbacks / 2) * rounds,
  };
}

/** Lets the cache count on, until the probe says what is wanted. */
async function seen(
  each: Parameters<typeof counted>[1],
  wanted: (found: Measurement) => boolean,
): Promise<Measurement> {
  const healthScore = { ...z.record(z.string(), z.unknown()).parse(shown), prometheus: prometheus.url };
  const probe = plugin.instantiate({ healthScore }, plainCall().log).provided.probes?.['health-score'];
  let rounds = 0;
  return waitFor(
    'the score',
    async () => {
      rounds += 1;
      prometheus.tell(counted(rounds, each));
      const found = await probe?.measure(plainCall(), { cache: 'sessions', atLeast: 1 });
      return found !== undefined && wanted(found) && found;
    },
    30_000,
    100,
  );
}

it('D3: the queries of the README score a cache by its own counters', async () => {
  // 0.4 x 0.9, 10 ms against 19 ms (nine tenths of the way from 10 to 20 ms), and no fallback that could fail
  const warm = await seen({ hits: 90, fast: 90, fallbacks: 0 }, ({ status }) => status !== 'unknown');
  expect(warm.values?.['hitRate']).toBeCloseTo(0.9, 5);
  expect(warm.values?.['latency']).toBeCloseTo(10 / 19, 5);
  expect(warm.values?.['fallback']).toBe(1);
  expect(warm).toMatchObject({ status: 'healthy', value: expect.closeTo(0.36 + 0.3 * (10 / 19) + 0.3, 5) });
});

import type { Row } from '../../kit/board.js';
import { levels } from '../../kit/levels.js';
import { words } from '../../kit/mappings.js';
import { stat } from '../../kit/panels.js';
import { now } from '../../kit/queries.js';
import { FALLBACK_OR_ZERO, HIT_RATE, limit, STALE } from './figures.js';

/** How many services are beyond a limit. */
function beyond(title: string, description: string, metric: string, [figure, how, of]: [string, '<' | '>', string]) {
  const empty = `no service exports ${metric}, or Prometheus has not loaded thresholds.yml`;
  return stat({ title, description, unit: 'short', width: 6, height: 4, empty })
    .withTarget(now(`sum(${figure} ${how} bool on () group_left () ${limit(of)})`, 'services'))
    .decimals(0)
    .mappings([words({ 0: ['none', 'green'] })])
    .thresholds(levels('green', { from: 1, color: 'red' }));
}

const cold = beyond(
  'Caches that miss too often',
  'Services of which the cache hits less often than the alert CacheStale allows (0.85): what stands behind it is asked for the rest.',
  'cache_hit_rate',
  [HIT_RATE, '<', 'cache_hit_rate'],
);

const old = beyond(
  'Services with old configuration',
  'Services that work with configuration older than the alert CacheStale allows (300 s).',
  'config_stale_seconds',
  [STALE, '>', 'config_stale_seconds'],
);

const slow = beyond(
  'Services with slow fallbacks',
  'Services that wait longer for what they fall back to than the alert FallbackSlow allows (p99 of 500 ms).',
  'fallback_duration_ms',
  [FALLBACK_OR_ZERO, '>', 'fallback_ms'],
);

const own = stat({
  title: "Firebreak's own configuration",
  description:
    'How long the newest edition of the runbooks and the topology has been refused. Firebreak goes on with the last good one; 0 means that the newest one is in force everywhere.',
  unit: 's',
  width: 6,
  height: 4,
  empty: 'Firebreak is not scraped',
})
  .withTarget(now('max(firebreak_config_stale_seconds{job="$job"})', 'refused for'))
  .decimals(0)
  .mappings([words({ 0: ['up to date', 'green'] })])
  .thresholds(levels('green', { from: 1, color: 'orange' }, { from: 300, color: 'red' }));

/** Whether anything is beyond a limit. */
export const glance: Row = { title: 'At a glance', panels: [cold, old, slow, own] };

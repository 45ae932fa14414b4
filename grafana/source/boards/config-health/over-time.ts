import { ReduceDataOptionsBuilder, VizOrientation } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Row } from '../../kit/board.js';
import { levels } from '../../kit/levels.js';
import { describe, limited, series, thresholds } from '../../kit/panels.js';
import { now, over } from '../../kit/queries.js';
import { states } from '../../kit/state-timeline.js';
import { ALERT_STATES, alertState, FALLBACK, HIT_LEVELS, HIT_RATE, SCORES, STALE } from './figures.js';

const hits = limited(
  series({
    title: 'Hit rate',
    description:
      'The share of what is asked that the cache answers, of the worst instance of each service. Below 0.85 for a minute (dashed) CacheStale fires.',
    unit: 'percentunit',
    width: 8,
    height: 8,
    empty: 'no service exports cache_hit_rate',
  })
    .min(0)
    .max(1),
  levels(...HIT_LEVELS),
).withTarget(over(HIT_RATE, '{{service}}'));

const age = limited(
  series({
    title: 'Age of the configuration',
    description: 'How old the configuration is that each service works with. Above 300 s (dashed) CacheStale fires.',
    unit: 's',
    width: 8,
    height: 8,
    empty: 'no service exports config_stale_seconds',
  }).min(0),
  thresholds({ from: 300, color: 'red' }),
).withTarget(over(STALE, '{{service}}'));

const fallback = limited(
  series({
    title: 'Fallback, p99',
    description:
      'How long the slowest hundredth of the requests that fall back waits, by service. Above 500 ms for a minute (dashed) FallbackSlow fires.',
    unit: 'ms',
    width: 8,
    height: 8,
    empty: 'no service fell back in this time range, or none exports fallback_duration_ms',
  }).min(0),
  thresholds({ from: 500, color: 'red' }),
).withTarget(over(FALLBACK, '{{service}}'));

const within = describe(new BarGauge(), {
  title: 'Fallbacks done within',
  description:
    'The share of all fallbacks of the time range that took at most 10, 50, 200, 500 and 1000 ms. A service whose bars only fill up at the end falls back to something slow.',
  unit: 'percentunit',
  width: 8,
  height: 8,
  empty: 'no service fell back in this time range',
})
  .withTarget(
    now(
      'sort(sum by (le) (increase(fallback_duration_ms_bucket{service=~"$service", le!="+Inf"}[$__range])) ' +
        '/ on () group_left () (sum(increase(fallback_duration_ms_count{service=~"$service"}[$__range])) > 0))',
      'at most {{le}} ms',
    ),
  )
  .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
  .orientation(VizOrientation.Horizontal)
  .min(0)
  .max(1)
  .decimals(1)
  .thresholds(levels('red', { from: 0.5, color: 'orange' }, { from: 0.9, color: 'green' }));

const alerts = states(
  {
    title: 'Alerts on caches, configuration and features',
    description:
      'When CacheStale, FallbackSlow and FeatureSlow were about to fire, and when they fired. An alert that is not here was quiet.',
    unit: 'short',
    width: 8,
    height: 8,
    empty: 'no alert was pending or firing in this time range',
  },
  ALERT_STATES,
).withTarget(
  over(
    alertState(
      'alertname=~"CacheStale|FallbackSlow|FeatureSlow", service=~"$service"',
      'alertname, service, feature, signal',
      'group by (alertname, service, feature, signal) (ALERTS{alertname=~"CacheStale|FallbackSlow|FeatureSlow", service=~"$service"})',
    ),
    '{{service}} {{alertname}} {{signal}}{{feature}}',
  ),
);

const scores = states(
  {
    title: 'What a cache is good for',
    description:
      'The health score of each cache over a minute: 0.4 x hit rate + 0.3 x latency + 0.3 x fallback success, as the standing probe evict-stale-cache/health-score says. ' +
      'From 0.8 on use it, from 0.5 on only read it and refresh it in the background, below that bypass it.',
    unit: 'short',
    width: 8,
    height: 8,
    empty: 'no standing probe evict-stale-cache/health-score: docs/operations.md says how to add one',
  },
  SCORES,
).withTarget(over('min by (probe) (firebreak_probe_value{job="$job", value="score"})', '{{probe}}'));

/** The same figures over the time range, with the limits drawn. */
export const overTime: Row = { title: 'Over time', panels: [hits, age, fallback, within, alerts, scores] };

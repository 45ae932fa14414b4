import type { Row } from '../../kit/board.js';
import { bars, limited, series, thresholds } from '../../kit/panels.js';
import { over } from '../../kit/queries.js';

const stale = limited(
  series({
    title: 'Newest edition refused for',
    description:
      'How long each process has refused the newest edition of runbooks and topology. It works on with the last good one; `firebreak validate` says what is wrong.',
    unit: 's',
    width: 8,
    height: 7,
    empty: 'Firebreak is not scraped',
  }).min(0),
  thresholds({ from: 300, color: 'red' }),
).withTarget(over('max by (instance) (firebreak_config_stale_seconds{job="$job"})', '{{instance}}'));

const loads = bars({
  title: 'Attempts to load it',
  description: 'How often runbooks and topology were read, and what came of it, over all processes.',
  unit: 'short',
  width: 8,
  height: 7,
  empty: 'nothing was loaded in this time range',
}).withTarget(
  over('sum by (result) (increase(firebreak_config_loads_total{job="$job"}[$__rate_interval]))', '{{result}}'),
);

const fallback = series({
  title: 'Falling back to the last good edition, p99',
  description:
    'From noticing an edition that cannot be used to the decision to stay on the last good one, over an hour. Nothing waits for it; it shows that the decision is quick.',
  unit: 's',
  width: 8,
  height: 7,
  empty: 'no edition was refused within the hour',
}).withTarget(
  over(
    'histogram_quantile(0.99, sum by (le) (increase(firebreak_config_fallback_seconds_bucket{job="$job"}[1h]))) >= 0',
    'p99',
  ),
);

/** Firebreak loads its own runbooks and topology by the same rules. */
export const own: Row = { title: "Firebreak's own configuration", panels: [stale, loads, fallback] };

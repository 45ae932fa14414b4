import type { Row } from '../../kit/board.js';
import { joinedTable } from '../../kit/joined-table.js';
import { words } from '../../kit/mappings.js';
import { series } from '../../kit/panels.js';
import { over, rows } from '../../kit/queries.js';
import { limit } from './figures.js';

const P99 = 'max by (center) (firebreak:http_request_ms:p99_1m{center!="", service=~"$service"} >= 0)';
const CENTERS = 'max by (center) (firebreak_center_info{job="$job"})';
const ADDED = `max by (center) (firebreak:threshold_offset_ms) or 0 * (${CENTERS} or ${P99})`;
const ALLOWED = `(${ADDED}) + on () group_left () ${limit('p99_ms')}`;

const limits = joinedTable({
  title: 'Limits by centre',
  description:
    'A centre that is further away may be slower: so much is added to the limit of p99 there before ServiceOverloaded fires. Both stand in deploy/prometheus/rules/thresholds.yml.',
  unit: 'ms',
  width: 10,
  height: 8,
  empty: 'no limits: Prometheus has not loaded deploy/prometheus/rules/thresholds.yml',
  things: rows(`(${ALLOWED}) > bool -1`),
  labels: [{ label: 'center', title: 'Centre' }],
  figures: [
    { name: 'added', title: 'Added', expr: ADDED, unit: 'ms', decimals: 0 },
    { name: 'allowed', title: 'Limit', expr: ALLOWED, unit: 'ms', decimals: 0 },
    { name: 'p99', title: 'p99 now', expr: P99, unit: 'ms', decimals: 0 },
    {
      name: 'verdict',
      title: 'It is',
      expr: `${P99} > bool on (center) (${ALLOWED})`,
      mappings: [words({ 0: ['within the limit', 'green'], 1: ['✕ too slow', 'red'] })],
    },
  ],
});

const overTime = series({
  title: 'p99 by centre against its limit',
  description: 'The slowest hundredth of the requests at each centre, with the limit that holds there (dashed).',
  unit: 'ms',
  width: 14,
  height: 8,
  empty: 'no service exports http_request_duration_seconds with a label `center`',
})
  .withTarget(over(P99, '{{center}}').refId('p99'))
  .withTarget(over(ALLOWED, 'limit in {{center}}').refId('limit'))
  .overrideByQuery('limit', [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    { id: 'custom.fillOpacity', value: 0 },
  ]);

/** Limits that differ with the place. */
export const byCenter: Row = { title: 'Limits by centre', panels: [limits, overTime] };

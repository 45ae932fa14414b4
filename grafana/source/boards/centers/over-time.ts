import type { Row } from '../../kit/board.js';
import { joinedTable } from '../../kit/joined-table.js';
import { limited, series, thresholds } from '../../kit/panels.js';
import { over, rows } from '../../kit/queries.js';
import { states } from '../../kit/state-timeline.js';
import { HEALTH, HEALTHS, STANDING, STANDINGS } from './figures.js';

const standing = states(
  {
    title: 'Who served when',
    description:
      'From which centre users were served, as far as Firebreak knows: by its role, or because a cut-over brought it in.',
    unit: 'short',
    width: 12,
    height: 7,
    empty: 'no centre is described in topology.yaml, or Firebreak is not scraped',
  },
  STANDINGS,
).withTarget(over(STANDING, '{{center}}'));

const health = states(
  {
    title: 'Health of the centres',
    description:
      'What the standing probes say: down when every vantage point says so, degraded when some do. A centre without a probe is not measured; docs/operations.md says how to add one.',
    unit: 'short',
    width: 12,
    height: 7,
    empty: 'no centre is described in topology.yaml, or Firebreak is not scraped',
  },
  HEALTHS,
).withTarget(over(HEALTH, '{{center}}'));

const answers = limited(
  series({
    title: 'How long a centre takes to answer',
    description:
      'Seen by each vantage point. Users of a cut-over wait longer by as much; above 800 ms, three times in a row, a shift to the standby is proposed.',
    unit: 's',
    width: 8,
    height: 8,
    empty: 'no standing probe and no blackbox exporter looks at a centre',
  }),
  thresholds({ from: 0.8, color: 'red' }),
)
  .withTarget(
    over(
      'max by (center, value) (firebreak_probe_value{job="$job", value=~"seconds_.+"})',
      '{{center}} {{value}}',
    ).refId('probes'),
  )
  .withTarget(over('max by (center) (probe_duration_seconds{center!=""})', '{{center}} blackbox').refId('blackbox'));

const lag = limited(
  series({
    title: 'Data behind by',
    description:
      'Replication lag as readiness and replication probes measure it. What the standby has not got yet is lost when the other centre is lost. Dashed: the 5 s with which the shipped runbooks still move data.',
    unit: 's',
    width: 8,
    height: 8,
    empty: 'no standing probe measures replication',
  }),
  thresholds({ from: 5, color: 'red' }),
).withTarget(
  over('max by (center, probe) (firebreak_probe_value{job="$job", value=~"lag|lagSeconds"})', '{{center}} {{probe}}'),
);

const headroom = limited(
  series({
    title: 'Load and room',
    description:
      'Load is the share of its capacity that a centre uses; headroom is the share that stays free when it takes over. Below 20 % of headroom (red) it is not ready, unless the probe says otherwise; above 80 % of load (orange) it has no room.',
    unit: 'percentunit',
    width: 8,
    height: 8,
    empty: 'no standing probe measures load or headroom',
  }),
  thresholds({ from: 0.2, color: 'red' }, { from: 0.8, color: 'orange' }),
)
  .withTarget(
    over('max by (center) (firebreak_probe_value{job="$job", value="load"})', '{{center}} load').refId('load'),
  )
  .withTarget(
    over('min by (center) (firebreak_probe_value{job="$job", value="headroom"})', '{{center}} headroom').refId(
      'headroom',
    ),
  );

const links = joinedTable({
  title: 'Links between centres',
  description:
    'The latency that topology.yaml declares beside the one that is measured: by a blackbox exporter that stands in one centre and asks another one, scraped with the labels `from` and `to`.',
  unit: 's',
  width: 8,
  height: 8,
  empty: 'no pair of centres is described in topology.yaml',
  things: rows('max by (from, to) (firebreak_center_link_seconds{job="$job"}) > bool -1'),
  labels: [
    { label: 'from', title: 'From' },
    { label: 'to', title: 'To' },
  ],
  figures: [
    {
      name: 'declared',
      title: 'Declared',
      expr: 'max by (from, to) (firebreak_center_link_seconds{job="$job"})',
      unit: 's',
      decimals: 1,
    },
    {
      name: 'measured',
      title: 'Measured',
      expr: 'max by (from, to) (probe_duration_seconds{from!="", to!=""})',
      unit: 's',
      decimals: 1,
    },
  ],
});

const slow = series({
  title: 'p99 against what is usual there',
  description:
    'The slowest hundredth of the requests at each centre, with what topology.yaml calls usual for it (dashed): a centre that is further away may be slower without being ill.',
  unit: 'ms',
  width: 16,
  height: 8,
  empty: 'no service exports http_request_duration_seconds with a label `center`',
})
  .withTarget(over('max by (center) (firebreak:http_request_ms:p99_1m{center!=""} >= 0)', '{{center}}').refId('p99'))
  .withTarget(
    over('max by (center) (firebreak_center_baseline{job="$job", baseline="p99Ms"})', 'usual in {{center}}').refId(
      'usual',
    ),
  )
  .overrideByQuery('usual', [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    { id: 'custom.fillOpacity', value: 0 },
  ]);

/** How the centres were over the time range. */
export const overTime: Row = { title: 'Over time', panels: [standing, health, answers, lag, headroom, slow, links] };

import type { Row } from '../../kit/board.js';
import { joinedTable } from '../../kit/joined-table.js';
import { words } from '../../kit/mappings.js';
import { series } from '../../kit/panels.js';
import { over, rows } from '../../kit/queries.js';
import { states } from '../../kit/state-timeline.js';
import { HELD, OVERDUE, PASSED } from './figures.js';

const RESULTS = [words({ 1: ['passed', 'green'], 0: ['✕ not passed', 'red'] })];
const RECOVERY = 'max by (drill) (firebreak_drill_recovery_seconds{job="$job"})';
const ALLOWED = 'max by (drill) (firebreak_drill_objective_seconds{job="$job"})';
const BREACHED = 'max by (drill, slo) (firebreak_drill_slo_breached{job="$job"})';

const last = joinedTable({
  title: 'Drills, the last run of each',
  description:
    'A drill breaks something on purpose and judges by metrics whether the service came back in time. One that nobody has held for more than 26 hours is overdue, as FirebreakDrillOverdue says: what was not practised does not work.',
  unit: 's',
  width: 14,
  height: 8,
  empty: 'no drill was held so far (docs/drills.md says how), or Firebreak is not scraped',
  things: rows(`${HELD} > bool 0`),
  labels: [{ label: 'drill', title: 'Drill' }],
  figures: [
    { name: 'passed', title: 'Last run', expr: PASSED, mappings: RESULTS, width: 120 },
    { name: 'held', title: 'Held ago', expr: `time() - ${HELD}`, unit: 's', decimals: 0, width: 100 },
    {
      name: 'overdue',
      title: 'Due',
      expr: OVERDUE,
      mappings: [words({ 0: ['in time', 'green'], 1: ['✕ overdue', 'red'] })],
      width: 100,
    },
    { name: 'recovery', title: 'Recovered in', expr: RECOVERY, unit: 's', decimals: 1, width: 110 },
    { name: 'goal', title: 'Goal', expr: ALLOWED, unit: 's', decimals: 1, width: 90 },
    {
      name: 'breached',
      title: 'Breached',
      expr: `sum by (drill) (${BREACHED})`,
      unit: 'short',
      decimals: 0,
      mappings: [words({ 0: ['nothing', 'green'] })],
      levels: ['green', { from: 1, color: 'red' }],
      width: 100,
    },
  ],
});

const slos = joinedTable({
  title: 'What had to hold in a drill',
  description:
    'Each SLO of each drill, such as an error ratio below 0.5 % and a p99 below 800 ms, and whether it held in the last run.',
  unit: 'short',
  width: 10,
  height: 8,
  empty: 'no drill with SLOs was held so far',
  things: rows(`${BREACHED} > bool -1`),
  labels: [
    { label: 'drill', title: 'Drill' },
    { label: 'slo', title: 'SLO' },
  ],
  figures: [
    {
      name: 'breached',
      title: 'It',
      expr: BREACHED,
      mappings: [words({ 0: ['held', 'green'], 1: ['✕ was breached', 'red'] })],
      width: 140,
    },
  ],
});

const history = states(
  {
    title: 'Drills over time',
    description: 'Whether the last run of each drill had passed, at each moment of the time range.',
    unit: 'short',
    width: 12,
    height: 7,
    empty: 'no drill was held so far',
  },
  RESULTS,
).withTarget(over(PASSED, '{{drill}}'));

const recovery = series({
  title: 'Recovery in drills',
  description: 'From the fault to the service, in the last run of each drill, with how long it may take (dashed).',
  unit: 's',
  width: 12,
  height: 7,
  empty: 'no drill was held so far',
})
  .withTarget(over(RECOVERY, '{{drill}}').refId('recovery'))
  .withTarget(over(ALLOWED, 'goal of {{drill}}').refId('goal'))
  .overrideByQuery('goal', [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    { id: 'custom.fillOpacity', value: 0 },
  ]);

/** Whether what is practised works. */
export const drills: Row = { title: 'Drills', panels: [last, slos, history, recovery] };

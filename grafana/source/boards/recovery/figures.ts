import { between, untold, words } from '../../kit/mappings.js';

/** From the start of the alert; each stage includes those before it. */
export const STAGES = [
  ['received', 'received', 'blue'],
  ['decided', 'decided', 'purple'],
  ['first_effect', 'first effect', 'orange'],
  ['applied', 'applied', 'yellow'],
  ['verified', 'verified', 'green'],
] as const;

/** How long one recovery in two, or nineteen in twenty, needed at most for a stage within a day, in seconds; nothing when there was none. */
export function recovery(quantile: 'p50' | 'p95', stage: (typeof STAGES)[number][0]): string {
  return `max by (runbook) (firebreak:recovery_seconds:${quantile}_1d{job="$job", runbook=~"$runbook", stage="${stage}"} >= 0)`;
}

/** `spec.objective.recovery` of each runbook that has one, in seconds. */
export const GOAL = 'max by (runbook) (firebreak_recovery_objective_seconds{job="$job", runbook=~"$runbook"})';

/** Of how long acknowledged writes may be missing at most after the last move of data; +Inf when nobody could say. */
export const RECOVERY_POINT = 'max by (runbook) (firebreak_recovery_point_seconds{job="$job", runbook=~"$runbook"})';

/** `spec.objective.dataLoss` of each runbook that has one, in seconds. */
export const RECOVERY_POINT_GOAL =
  'max by (runbook) (firebreak_recovery_point_objective_seconds{job="$job", runbook=~"$runbook"})';

/** When each drill was held last. */
export const HELD = 'max by (drill) (firebreak_drill_last_timestamp_seconds{job="$job"})';

/** 1 for each drill that passed. */
export const PASSED = 'max by (drill) (firebreak_drill_passed{job="$job"})';

/** 1 for each drill that nobody has held for a day and two hours: what is held daily does not begin to the minute. */
export const OVERDUE = `time() - ${HELD} > bool 26 * 3600`;

/** Words for whether a goal was missed. */
export const VERDICTS = [words({ 0: ['within the goal', 'green'], 1: ['✕ goal missed', 'red'] })];

/** Words for how much data may be missing. */
export const LOSSES = [
  untold('no data moved yet'),
  words({ 0: ['nothing is missing', 'green'] }),
  between(1e12, null, ['✕ nobody could say', 'red']),
];

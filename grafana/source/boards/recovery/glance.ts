import type { Row } from '../../kit/board.js';
import { levels } from '../../kit/levels.js';
import { words } from '../../kit/mappings.js';
import { stat, type About } from '../../kit/panels.js';
import { countOver, now } from '../../kit/queries.js';
import { GOAL, HELD, OVERDUE, PASSED, RECOVERY_POINT, RECOVERY_POINT_GOAL, recovery } from './figures.js';

const SIZE = { unit: 'short', width: 6, height: 4 } as const;

/** A number of things that are not as they should be. */
function counted(about: Omit<About, keyof typeof SIZE>, expr: string) {
  return stat({ ...about, ...SIZE })
    .withTarget(now(expr, 'number'))
    .decimals(0)
    .mappings([words({ 0: ['none', 'green'] })])
    .thresholds(levels('green', { from: 1, color: 'red' }));
}

const slow = counted(
  {
    title: 'Runbooks slower than their goal',
    description:
      'How many runbooks needed longer than `spec.objective.recovery` allows, in one of twenty recoveries within a day.',
    empty: 'no recovery with a goal within a day',
  },
  `sum(${recovery('p95', 'verified')} > bool on (runbook) ${GOAL})`,
);

const lossy = counted(
  {
    title: 'Runbooks that may lose more than their goal',
    description:
      'How many runbooks, when they moved data the last time, could not exclude a loss beyond `spec.objective.dataLoss`.',
    empty: 'no cut-over with data so far, or Firebreak is not scraped',
  },
  `sum(${RECOVERY_POINT} > bool on (runbook) ${RECOVERY_POINT_GOAL})`,
);

const drills = counted(
  {
    title: 'Drills that need somebody',
    description: 'Drills that did not pass the last time, or that nobody has held for more than 26 hours.',
    empty: 'no drill was held so far, or Firebreak is not scraped',
  },
  `sum(clamp_max((${OVERDUE}) + (1 - ${PASSED}), 1)) or 0 * count(${HELD})`,
);

const recovered = stat({
  title: 'Recoveries that proved well',
  description: 'Executions of the time range that were applied and then judged by metrics to have helped.',
  ...SIZE,
  empty: 'none in this time range',
})
  .withTarget(
    now(
      `sum(${countOver('firebreak_recovery_seconds_count{job="$job", runbook=~"$runbook", stage="verified"}', '$__range')})`,
      'verified',
    ),
  )
  .decimals(0)
  .thresholds(levels('green'));

/** Whether anything is not as it should be. */
export const glance: Row = { title: 'At a glance', panels: [slow, lossy, drills, recovered] };

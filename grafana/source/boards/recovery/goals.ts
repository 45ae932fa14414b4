import type { Row } from '../../kit/board.js';
import { groupedBars } from '../../kit/grouped-bars.js';
import { joinedTable } from '../../kit/joined-table.js';
import { consoleLink } from '../../kit/links.js';
import { UNTOLD, untold } from '../../kit/mappings.js';
import { series } from '../../kit/panels.js';
import { over, rows } from '../../kit/queries.js';
import { GOAL, LOSSES, recovery, RECOVERY_POINT, RECOVERY_POINT_GOAL, STAGES, VERDICTS } from './figures.js';

const toRunbook = consoleLink(
  'The runbook in the console: its goal, figures and trust',
  '/runbooks/${__data.fields.runbook:percentencode}',
);

const seconds = (name: string, title: string, expr: string) => ({
  name,
  title,
  expr,
  unit: 's',
  decimals: 1,
  width: 90,
});

const against = joinedTable({
  title: 'Time to recover against the goal',
  description:
    'From the start of the alert to the verdict that the service is well again, by runbook, over a day. ' +
    'Half of all recoveries are at most p50, nineteen of twenty at most p95. The goal is `spec.objective.recovery` of the runbook.',
  unit: 's',
  width: 12,
  height: 8,
  empty: 'no recovery within a day, and no runbook with a goal',
  things: rows(`group by (runbook) (${recovery('p95', 'verified')} or ${GOAL})`),
  labels: [{ label: 'runbook', title: 'Runbook', links: [toRunbook] }],
  figures: [
    seconds('p50', 'p50', recovery('p50', 'verified')),
    seconds('p95', 'p95', recovery('p95', 'verified')),
    seconds('goal', 'Goal', GOAL),
    {
      name: 'verdict',
      title: 'p95 is',
      expr: `${recovery('p95', 'verified')} > bool on (runbook) ${GOAL}`,
      mappings: VERDICTS,
      width: 140,
    },
  ],
});

/** For a runbook that has a goal and has not moved any data yet. */
const orUntold = (expr: string): string => `${expr} or 0 * ${RECOVERY_POINT_GOAL} - ${-UNTOLD}`;

const loss = joinedTable({
  title: 'Data that may be missing',
  description:
    'Of how long acknowledged writes may be missing at most after the last cut-over of each runbook that moves data. ' +
    'It is what the plan said before the change, an upper bound, and above nothing a person has agreed to it. The goal is `spec.objective.dataLoss`.',
  unit: 's',
  width: 12,
  height: 8,
  empty: 'no cut-over with data so far',
  things: rows(`group by (runbook) (${RECOVERY_POINT} or ${RECOVERY_POINT_GOAL})`),
  labels: [{ label: 'runbook', title: 'Runbook', links: [toRunbook] }],
  figures: [
    { ...seconds('loss', 'At most', orUntold(RECOVERY_POINT)), mappings: LOSSES, width: 170 },
    seconds('goal', 'Goal', RECOVERY_POINT_GOAL),
    {
      name: 'verdict',
      title: 'It is',
      expr: orUntold(`${RECOVERY_POINT} > bool on (runbook) ${RECOVERY_POINT_GOAL}`),
      mappings: [...VERDICTS, untold('not judged yet')],
      width: 140,
    },
  ],
});

const stages = (quantile: 'p50' | 'p95', most: string) =>
  groupedBars(
    {
      title: `Stages of a recovery, ${quantile}`,
      description: `How long after the start of the alert each stage was reached in ${most} recoveries within a day. Each bar includes those above it: the gap between two is what the later stage took.`,
      unit: 's',
      width: 12,
      height: 9,
      empty: 'no recovery within a day',
    },
    'runbook',
    STAGES.map(([stage, title, color]) => ({ name: stage, title, color, expr: recovery(quantile, stage) })),
  );

const overTime = series({
  title: 'Time to recover over time',
  description:
    'p95 of a day from the start of the alert to the verdict, by runbook, with its goal (dashed). A line that climbs to its goal is a reason for a drill.',
  unit: 's',
  width: 24,
  height: 8,
  empty: 'no recovery within a day',
})
  .withTarget(over(recovery('p95', 'verified'), '{{runbook}}').refId('p95'))
  .withTarget(over(GOAL, 'goal of {{runbook}}').refId('goal'))
  .overrideByQuery('goal', [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    { id: 'custom.fillOpacity', value: 0 },
  ]);

/** How long recoveries took and what they may have cost, each against its goal. */
export const goals: Row = {
  title: 'Against the goals',
  panels: [against, loss, stages('p50', 'half of all'), stages('p95', 'nineteen of twenty'), overTime],
};

import type { Instant } from '../core/alert.js';
import type { Drill } from './drill-schema.js';
import { MOST_APART_MS } from './guards.js';
import type { SeenExecution } from './ports.js';

/** Says what is not as expected of the executions that were opened on the target since the fault. */
export function judgeExecutions(
  { expect, target }: Drill['spec'],
  executions: readonly SeenExecution[],
  injectedAt: Instant,
): string[] {
  const { runbook, outcome = 'succeeded' } = expect;
  const others = executions.filter((one) => one.runbook !== runbook);
  const unwanted = others.map(
    ({ id, runbook: other }) => `${other} acted on ${target} (${id}), which was not expected`,
  );
  if (runbook === 'none') return unwanted;
  const answers = executions.filter((one) => one.runbook === runbook);
  if (answers.length === 0)
    return [
      ...unwanted,
      `${runbook} did not answer: no execution on ${target} was opened; what was decided: GET /api/v1/decisions?runbook=${runbook}`,
    ];
  return [
    ...unwanted,
    ...answers.flatMap((one) => notByTheFault(one, injectedAt)),
    ...answers
      .filter((one) => endOf(one) !== outcome)
      .map((one) => `${one.id} of ${runbook} is ${endOf(one)}${sayWhy(one)}, not ${outcome}`),
  ];
}

/** What a person started, or an alert that was there before, does not show that the fault is answered. */
function notByTheFault({ id, runbook, trigger = 'alert', timeline }: SeenExecution, injectedAt: Instant): string[] {
  if (trigger !== 'alert') return [`${id} of ${runbook} was started by somebody, not by an alert`];
  const { startsAt = injectedAt } = timeline;
  // as much as the clocks may be apart
  return startsAt < injectedAt - MOST_APART_MS ? [`${id} of ${runbook} answers an alert from before the fault`] : [];
}

/** How it ended; while it has not, its phase. */
function endOf({ outcome, phase }: SeenExecution): string {
  return outcome ?? phase;
}

function sayWhy({ detail }: SeenExecution): string {
  return detail === undefined ? '' : ` (${detail})`;
}

import type { Drill } from './drill-schema.js';
import type { SeenExecution } from './ports.js';

/** Says what is not as expected of the executions that a drill has caused. */
export function judgeExecutions({ expect, target }: Drill['spec'], executions: readonly SeenExecution[]): string[] {
  const { runbook, outcome = 'succeeded' } = expect;
  const others = executions.filter((one) => one.runbook !== runbook);
  const unwanted = others.map(
    ({ id, runbook: other }) => `${other} acted on ${target} (${id}), which was not expected`,
  );
  if (runbook === 'none') return unwanted;
  const answers = executions.filter((one) => one.runbook === runbook);
  if (answers.length === 0) return [...unwanted, `${runbook} did not answer: no execution on ${target} was opened`];
  return [
    ...unwanted,
    ...answers
      .filter((one) => endOf(one) !== outcome)
      .map((one) => `${one.id} of ${runbook} is ${endOf(one)}${sayWhy(one)}, not ${outcome}`),
  ];
}

/** How it ended; while it has not, its phase. */
function endOf({ outcome, phase }: SeenExecution): string {
  return outcome ?? phase;
}

function sayWhy({ detail }: SeenExecution): string {
  return detail === undefined ? '' : ` (${detail})`;
}

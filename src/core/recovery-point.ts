import { isInForce, planOf, type Execution } from './execution.js';
import type { DataLoss } from './step-plan.js';

/**
 * Gives what the change of an execution that has ended may have lost at most, as its plan said and people agreed to;
 * undefined while it goes on, when nothing of it is in force, and where no data was concerned.
 */
export function recoveryPointOf(execution: Execution): DataLoss | undefined {
  if (execution.state.phase !== 'closed' || !execution.steps.some(isInForce)) return undefined;
  const said = planOf(execution).flatMap(({ dataLossMs }) => dataLossMs ?? []);
  if (said.length === 0) return undefined;
  const known = said.filter((one) => one !== 'unknown');
  return known.length < said.length ? 'unknown' : Math.max(...known);
}

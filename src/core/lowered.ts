import { planOf, type Execution, type Lowered } from './execution.js';
import type { StepPlan } from './step-plan.js';
import type { Mode } from './runbook.js';

/** What bears on how far an execution may go. */
interface Bearing {
  readonly trust?: { readonly to: Mode; readonly why: Lowered['why']; readonly executionId: string };
  readonly fixes: readonly string[];
}

const RANK: { readonly [mode in Mode]: number } = { observe: 1, approve: 2, auto: 3 };

/** Tells whether a mode lets an execution go less far than another one. */
export function goesLessFar(mode: Mode, than: Mode): boolean {
  return RANK[mode] < RANK[than];
}

/** Says why a person must agree to a plan although the runbook acts by itself; undefined when nobody must. */
export function askedBy({ mode }: Execution, plan: readonly StepPlan[]): Lowered | undefined {
  const asks = asksOf(plan);
  return mode !== 'auto' || asks.length === 0
    ? undefined
    : { from: mode, to: 'approve', why: 'asks', detail: asks.join('; ') };
}

/** Lists why the steps of a plan ask for a person, each with the name of the step; empty when none does. */
export function asksOf(plan: readonly StepPlan[]): string[] {
  return plan.flatMap(({ step, asks }) => (asks === undefined ? [] : [`${step}: ${asks.replace(/\.$/, '')}`]));
}

/** Tells whether an execution is about to act by itself on a plan that asks for a person: it must never begin so. */
export function needsPerson(execution: Execution): boolean {
  return askedBy(execution, planOf(execution)) !== undefined;
}

/** Says whether an execution may go less far than its runbook says: the runbook lost trust, or the alert keeps coming back. */
export function loweredBy({ mode, orders }: Execution, { trust, fixes }: Bearing): Lowered | undefined {
  if (trust !== undefined && goesLessFar(trust.to, mode)) {
    const { to, why, executionId } = trust;
    return { from: mode, to, why, detail: `since ${executionId}` };
  }
  const { recurrence } = orders;
  if (mode !== 'auto' || recurrence === undefined || fixes.length < recurrence.limit) return undefined;
  const detail = `repaired ${fixes.length} times by itself already: ${fixes.join(', ')}`;
  return { from: mode, to: 'approve', why: 'recurring', detail };
}

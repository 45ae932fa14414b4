import { planOf, type Execution } from '../core/execution.js';
import type { Change, StepPlan } from '../core/step-plan.js';
import { planDigest } from '../core/plan-digest.js';

/** What stands where taking back is described and there is none. */
export const CANNOT_BE_TAKEN_BACK = 'cannot be taken back';

/** Gives the plan with the digest that an approval is bound to, and what is different since it was shown. */
export function planView(execution: Execution): object {
  const plan = planOf(execution);
  if (plan.length === 0) return {};
  const { state, target, orders } = execution;
  const changed = state.phase === 'awaiting-approval' ? state.changed : undefined;
  return {
    plan: {
      steps: plan.map(stepPlanView),
      digest: planDigest(target, orders.steps, plan),
      ...(changed === undefined ? {} : { changedSinceShown: changed }),
    },
  };
}

/** What an approver reads of one step; what `revert` needs is not for reading. */
export function stepPlanView(plan: StepPlan) {
  const { step, uses, summary, changes, reversible, risk, facts, asks, idle } = plan;
  return {
    name: step,
    uses,
    ...(asks === undefined ? {} : { asks }),
    summary,
    ...(idle === undefined ? {} : { idle }),
    changes,
    ...(risk === undefined ? {} : { risk }),
    ...(facts === undefined ? {} : { facts }),
    reversible,
    onRevert: onRevert(plan),
  };
}

/** What taking back one step would do: each change the other way round. */
export function onRevert({ changes, reversible }: StepPlan): readonly Change[] | typeof CANNOT_BE_TAKEN_BACK {
  if (!reversible) return CANNOT_BE_TAKEN_BACK;
  return changes.map(({ resource, attribute, from, to }) => ({ resource, attribute, from: to, to: from }));
}

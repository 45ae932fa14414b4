import type { Json } from '../core/json.js';
import type { StepOrder } from '../core/orders.js';
import type { DataLoss, StepPlan } from '../core/step-plan.js';
import type { Plan } from '../plugin-sdk/call.js';
import type { Action } from '../plugin-sdk/plugin.js';
import type { Named } from './loaded-plugins.js';

/** The longest that taking back in stages may last, whatever a plugin says. */
const LIFT_MOST_MS = 24 * 3_600_000;

/** Makes what is kept and shown of what an action has planned; without secrets, and without figures that are none. */
export function stepPlanOf(
  plan: Plan<Json>,
  order: StepOrder,
  { item: action, version }: Named<Action>,
  mask: (text: string) => string,
): StepPlan {
  return {
    step: order.name,
    uses: order.uses,
    summary: mask(plan.summary),
    changes: plan.changes,
    before: plan.before,
    reversible: plan.reversible ?? action.reversible,
    pluginVersion: version,
    risk: action.risk,
    ...(plan.facts === undefined ? {} : { facts: masked(plan.facts, mask) }),
    ...(plan.asks === undefined ? {} : { asks: mask(plan.asks) }),
    ...lossOf(plan),
    ...liftingOf(plan),
  };
}

/** What is no length of time says nothing that anybody could rely on. */
function lossOf({ dataLossMs }: { readonly dataLossMs?: DataLoss }): Pick<StepPlan, 'dataLossMs'> {
  if (dataLossMs === undefined) return {};
  return { dataLossMs: Number.isFinite(dataLossMs) && Number(dataLossMs) >= 0 ? dataLossMs : 'unknown' };
}

/** What is no length of time counts as not said, or it would never be over. */
function liftingOf({ liftWithinMs }: { readonly liftWithinMs?: number }): Pick<StepPlan, 'liftWithinMs'> {
  return Number.isFinite(liftWithinMs) ? { liftWithinMs: Math.min(LIFT_MOST_MS, liftWithinMs ?? 0) } : {};
}

function masked(
  facts: { readonly [name: string]: string },
  mask: (text: string) => string,
): { [name: string]: string } {
  return Object.fromEntries(Object.entries(facts).map(([name, text]) => [name, mask(text)]));
}

import { riskOf } from '../../core/asking-text.js';
import { isInForce, planOf, type Execution } from '../../core/execution.js';
import { planDigest } from '../../core/plan-digest.js';
import type { Change, StepPlan } from '../../core/step-plan.js';
import { visible } from '../visible.js';
import { valueText } from './value-text.js';

/** So many changes of a plan are written on a page; the JSON and the export have all of them. */
export const MOST_CHANGES = 200;
/** So many steps. */
const MOST_STEPS = 100;
/** So many lines of what taking back would do. */
const MOST_BACK = 50;

/** One attribute of one resource, for the page. */
export interface ChangeModel {
  readonly resource: string;
  readonly attribute: string;
  readonly from: string;
  readonly to: string;
}

/** One step of a plan, for the page. */
export interface PlanStepModel {
  readonly name: string;
  readonly uses: string;
  readonly summary: string;
  /** Why a person must agree to it, or nothing. */
  readonly asks: string;
  readonly idle: string;
  readonly risk: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly reversible: boolean;
  readonly changes: readonly ChangeModel[];
  /** So many changes are not written here. */
  readonly more: number;
}

/** A plan, for the page. */
export interface PlanModel {
  readonly digest: string;
  readonly risk: string;
  readonly count: number;
  readonly steps: readonly PlanStepModel[];
  readonly moreSteps: number;
  /** Steps that cannot be taken back. */
  readonly stuck: readonly string[];
  /** What taking back would do, the last step first. */
  readonly back: readonly ChangeModel[];
  readonly moreBack: number;
  /** Where all of it stands. */
  readonly whole: string;
}

/** Makes of a plan what people read of it, or null while there is none. */
export function planModel(execution: Execution): PlanModel | null {
  const plan = planOf(execution);
  if (plan.length === 0) return null;
  const back = takenBack(plan);
  let left = MOST_CHANGES;
  const steps = plan.slice(0, MOST_STEPS).map((step) => {
    const model = stepModel(step, left);
    left -= model.changes.length;
    return model;
  });
  return {
    digest: planDigest(execution.target, execution.orders.steps, plan),
    risk: riskOf(plan),
    count: plan.reduce((sum, { changes }) => sum + changes.length, 0),
    steps,
    moreSteps: Math.max(0, plan.length - MOST_STEPS),
    stuck: plan.filter(({ reversible }) => !reversible).map(({ step }) => step),
    back: back.slice(0, MOST_BACK).map(changeModel),
    moreBack: Math.max(0, back.length - MOST_BACK),
    whole: `/api/v1/executions/${encodeURIComponent(execution.id)}`,
  };
}

/** What taking back the steps that are, or may be, in force would do, the last one first. */
export function inForceBack(execution: Execution): readonly Change[] {
  return takenBack(planOf(execution).filter((_, i) => isOn(execution, i)));
}

/** Names the steps that are, or may be, in force and cannot be taken back. */
export function inForceStuck(execution: Execution): readonly string[] {
  return planOf(execution)
    .filter(({ reversible }, i) => !reversible && isOn(execution, i))
    .map(({ step }) => step);
}

function isOn({ steps }: Execution, index: number): boolean {
  const step = steps[index];
  return step !== undefined && isInForce(step);
}

function takenBack(plan: readonly StepPlan[]): Change[] {
  return plan
    .filter(({ reversible }) => reversible)
    .flatMap(({ changes }) => changes.map(({ from, to, ...what }) => ({ ...what, from: to, to: from })))
    .toReversed();
}

function stepModel(plan: StepPlan, most: number): PlanStepModel {
  const { step: name, uses, summary, asks = '', idle = '', risk = 'not rated', facts = {}, reversible, changes } = plan;
  const shown = changes.slice(0, Math.max(0, most)).map(changeModel);
  return {
    name,
    uses,
    summary: visible(summary),
    asks,
    idle,
    risk,
    facts: Object.entries(facts).map(([fact, value]) => ({ name: fact, value })),
    reversible,
    changes: shown,
    more: changes.length - shown.length,
  };
}

/** Makes of a change what people read of it. */
export function changeModel({ resource, attribute, from, to }: Change): ChangeModel {
  return { resource: visible(resource), attribute: visible(attribute), from: valueText(from), to: valueText(to) };
}

import type { Execution, Lowered } from './execution.js';
import type { StepPlan } from './step-plan.js';

const RISKS = ['low', 'medium', 'high'] as const;

/** Names the highest risk of a plan's steps, as their authors rate them. */
export function riskOf(plan: readonly StepPlan[]): (typeof RISKS)[number] | 'not rated' {
  return RISKS.findLast((risk) => plan.some((step) => step.risk === risk)) ?? 'not rated';
}

/** Says in words what src/core/quorum.ts demands. */
export function whoMustAgree({ orders, trigger, requestedBy }: Execution): string {
  const { required, roles = [] } = orders.approval;
  const count = Math.max(required, roles.length);
  const people = count === 1 ? 'one person' : `${count} people`;
  const names = [...new Set(roles)];
  const but = trigger === 'alert' ? '' : `; not ${requestedBy}, who asked for it`;
  if (names.length === 0) return `${people} who may approve${but}`;
  if (names.length === 1) return `${people} with the role ${names.join()}${but}`;
  if (count === roles.length) return `${people}, one for each of the roles ${roles.join(', ')}${but}`;
  return `${people} with one of the roles ${names.join(', ')}, among them one for each${but}`;
}

/** Says why a person is asked although the runbook would act by itself. */
export function whyAsked({ why, detail }: Lowered): string {
  switch (why) {
    case 'not-verified':
      return `it did not help three times in a row (${detail})`;
    case 'harmful':
      return `it did harm (${detail})`;
    case 'recurring':
      return `the alert keeps coming back (${detail})`;
    case 'asks':
      return 'the plan asks for it, as said above';
  }
}

/** Says what becomes of an execution when nobody decides in time. */
export function afterExpiry({ orders: { approval, escalate } }: Execution): string {
  const next = approval.onExpiry === 'escalate' ? escalate : undefined;
  return `it is closed and nothing is changed${next === undefined ? '' : `, and ${next} comes next`}`;
}

import { candidateText, choiceText } from '../core/choice-text.js';
import type { Execution, Lowered, State } from '../core/execution.js';
import type { StepPlan } from '../core/step-plan.js';
import { asksOf } from '../core/lowered.js';
import { describeChange } from '../core/plan-difference.js';
import { about, moment, type News } from './news.js';

type Asking = Extract<State, { phase: 'awaiting-approval' }>;

/** So many lines of a plan, and of what changed in it, stand in a message; the link has all of them. */
const MOST_LINES = 20;
const RISKS = ['low', 'medium', 'high'] as const;

/** Asks people to agree to a plan, and gives them what they need to know for it. */
export function approvalNews(execution: Execution, state: Asking): News {
  const { id, runbook, target, reason, lowered } = execution;
  const { plan, changed, expiresAt } = state;
  const again = changed === undefined ? '' : ' again: the plan is another one now';
  const asks = asksOf(plan);
  const lines = [
    ...(asks.length === 0 ? [] : ['A person must decide:', ...atMost(asks.map(dash))]),
    ...(reason === undefined ? [] : [`Reason: ${reason}.`]),
    ...(lowered === undefined ? [] : [`Asked although the runbook says ${lowered.from}: ${whyAsked(lowered)}.`]),
    ...(changed === undefined ? [] : ['What is different from the plan before:', ...atMost(changed.map(dash))]),
    ...choiceLines(execution),
    'What it would do:',
    ...atMost(plan.flatMap(stepLines)),
    `Risk: ${riskOf(plan)}.`,
    ...atMost(plan.flatMap(({ facts = {} }) => Object.entries(facts).map(([name, value]) => `${name}: ${value}`))),
    ...revertLines(plan),
    `Who must agree: ${whoMustAgree(execution)}.`,
    `Until: ${moment(expiresAt)}; then ${whatThen(execution)}.`,
  ];
  return {
    id: `${id}-${state.phase}-${expiresAt}`,
    event: 'awaiting-approval',
    title: `${runbook} on ${target} waits for approval${again}`,
    text: lines.join('\n'),
    ...about(execution),
  };
}

function choiceLines({ orders: { choice } }: Execution): string[] {
  if (choice === undefined) return [];
  return [`${choiceText(choice)}:`, ...atMost(choice.candidates.map(candidateText).map(dash))];
}

function stepLines({ step, summary, changes }: StepPlan): string[] {
  return [`- ${step}: ${summary}`, ...changes.map((change) => `  ${describeChange(change)}`)];
}

/** What cannot be taken back is said first, because it weighs most. */
function revertLines(plan: readonly StepPlan[]): string[] {
  const stuck = plan.filter((step) => !step.reversible).map(({ step }) => step);
  const back = plan
    .filter((step) => step.reversible)
    .flatMap(({ changes }) => changes.map(({ from, to, ...what }) => describeChange({ ...what, from: to, to: from })));
  return [
    ...(stuck.length === 0 ? [] : [`Cannot be taken back: ${stuck.join(', ')}.`]),
    ...(back.length === 0 ? [] : ['Taking it back would do:', ...atMost(back.toReversed().map(dash))]),
  ];
}

function riskOf(plan: readonly StepPlan[]): string {
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

function whyAsked({ why, detail }: Lowered): string {
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

function whatThen({ orders: { approval, escalate } }: Execution): string {
  const next = approval.onExpiry === 'escalate' ? escalate : undefined;
  return `it is closed and nothing is changed${next === undefined ? '' : `, and ${next} comes next`}`;
}

function atMost(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), `... and ${lines.length - MOST_LINES} more lines: follow the link`];
}

function dash(line: string): string {
  return `- ${line}`;
}

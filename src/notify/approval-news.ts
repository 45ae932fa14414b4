import { afterExpiry, riskOf, whoMustAgree, whyAsked } from '../core/asking-text.js';
import { candidateText, choiceText } from '../core/choice-text.js';
import type { Execution, State } from '../core/execution.js';
import type { StepPlan } from '../core/step-plan.js';
import { asksOf } from '../core/lowered.js';
import { describeChange } from '../core/plan-difference.js';
import { about, moment, type News } from './news.js';

type Asking = Extract<State, { phase: 'awaiting-approval' }>;

/** So many lines of a plan, and of what changed in it, stand in a message; the link has all of them. */
const MOST_LINES = 20;

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
    `Until: ${moment(expiresAt)}; then ${afterExpiry(execution)}.`,
  ];
  return {
    id: `${id}-${state.phase}-${expiresAt}`,
    event: 'awaiting-approval',
    title: `${runbook} on ${target} waits for approval${again}`,
    text: lines.join('\n'),
    ...asked(about(execution), state.digest),
  };
}

/** Whoever answers in a message answers to this plan and to no other. */
function asked({ execution, ...rest }: ReturnType<typeof about>, digest: string): ReturnType<typeof about> {
  return execution === undefined ? rest : { ...rest, execution: { ...execution, digest } };
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

function atMost(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), `... and ${lines.length - MOST_LINES} more lines: follow the link`];
}

function dash(line: string): string {
  return `- ${line}`;
}

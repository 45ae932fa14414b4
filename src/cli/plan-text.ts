import { choiceText } from './choice-text.js';
import type { ShownChange, ShownExecution, ShownStep } from './shapes.js';
import { inOneLine } from './table.js';

const LONGEST_VALUE = 120;

/** Writes a plan for whoever is to agree to it: each change from -> to, and what taking it back would do. */
export function planText({ plan, choice }: Pick<ShownExecution, 'plan' | 'choice'>): string[] {
  const chosen = choice === undefined ? [] : choiceText(choice);
  if (plan === undefined) return [...chosen, 'plan: none'];
  const changed = plan.changedSinceShown ?? [];
  const asks = plan.steps.filter((step) => step.asks !== undefined);
  return [
    // what a person must decide is read before all else
    ...asks.map(({ name, asks: why = '' }) => inOneLine(`a person must decide: ${name}: ${why}`)),
    ...chosen,
    `plan with digest ${plan.digest}`,
    ...plan.steps.flatMap(stepText),
    ...(changed.length === 0
      ? []
      : ['  changed since it was agreed to:', ...changed.map((one) => `    ${inOneLine(one)}`)]),
  ];
}

function stepText({ name, uses, summary, idle, changes, risk, facts = {}, onRevert }: ShownStep): string[] {
  const rated = risk === undefined ? '' : `, risk ${risk}`;
  return [
    `  step ${name} (${uses}${rated}): ${inOneLine(summary)}`,
    ...(idle === undefined ? [] : [`    nothing to do so far: ${inOneLine(idle)}`]),
    ...Object.entries(facts).map(([fact, value]) => `    ${inOneLine(`${fact}: ${value}`)}`),
    ...changes.map((change) => `    ${changeText(change)}`),
    ...backText(onRevert),
  ];
}

function backText(back: ShownStep['onRevert']): string[] {
  if (typeof back === 'string') return [`    this ${inOneLine(back)}`];
  return back.map((change) => `    taken back: ${changeText(change)}`);
}

function changeText({ resource, attribute, from, to }: ShownChange): string {
  return inOneLine(`${resource} ${attribute}: ${valueText(from)} -> ${valueText(to)}`);
}

/** A value as JSON, so that a number is told from a text and nothing from an empty one. */
function valueText(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}

import type { Change, StepPlan } from './step-plan.js';
import { canonicalJson, type Json } from './json.js';

const LONGEST_VALUE = 80;

/**
 * Says for a person what is different between the plan that was shown and the one that was made anew: nothing exactly
 * when an approval of the one holds for the other (`planDigest`, given the same orders).
 */
export function planDifference(shown: readonly StepPlan[], now: readonly StepPlan[]): string[] {
  const { pairs, gone, added, moved } = pair(shown, now, [(step) => step.step]);
  return [
    ...pairs.flatMap(({ was, is }) => stepDifference(was, is)),
    ...added.flatMap((step) => [
      about(step, `${step.uses} (was not in the plan)`),
      ...step.changes.map((change) => newChange(step, change)),
    ]),
    ...gone.map((step) => about(step, `no longer in the plan (was ${step.uses})`)),
    ...(moved ? ['the steps are in another order'] : []),
  ];
}

function stepDifference(was: StepPlan, is: StepPlan): string[] {
  const { pairs, gone, added, moved } = pair(was.changes, is.changes, [allOf, placeOf]);
  const said: string[] = [];
  if (was.uses !== is.uses) said.push(about(is, `uses ${is.uses}, was ${was.uses}`));
  if (was.pluginVersion !== is.pluginVersion) {
    said.push(about(is, `plugin version ${is.pluginVersion}, was ${was.pluginVersion}`));
  }
  if (was.reversible !== is.reversible)
    said.push(about(is, is.reversible ? 'is reversible now' : 'no longer reversible'));
  if (is.asks !== undefined && was.asks === undefined) said.push(about(is, `asks for a person now: ${is.asks}`));
  if (is.asks === undefined && was.asks !== undefined) said.push(about(is, 'no longer asks for a person'));
  const changes = [
    ...pairs.filter((both) => allOf(both.was) !== allOf(both.is)).map((both) => otherChange(is, both.was, both.is)),
    ...added.map((change) => newChange(is, change)),
    ...gone.map((change) => about(is, `${nameOf(change)}: no longer in the plan (was ${arrow(change)})`)),
  ];
  said.push(...changes);
  if (moved) said.push(about(is, 'the changes are in another order'));
  if (changes.length === 0 && canonicalJson(was.before) !== canonicalJson(is.before)) {
    said.push(about(is, 'the state it would restore has changed'));
  }
  return said;
}

function otherChange(step: StepPlan, was: Change, is: Change): string {
  const [before, after] = [`from ${short(was.from)} to ${short(was.to)}`, `from ${short(is.from)} to ${short(is.to)}`];
  const hidden = before === after ? ' (the difference lies in a part that is not shown here)' : '';
  return about(step, `${nameOf(is)}: ${after}, was ${before}${hidden}`);
}

/** Says one change in words: what, from what, to what; a long value is cut. */
export function describeChange(change: Change): string {
  return `${nameOf(change)}: ${arrow(change)}`;
}

const newChange = (step: StepPlan, change: Change): string =>
  about(step, `${nameOf(change)}: now ${arrow(change)} (was not in the plan)`);
const about = (step: StepPlan, what: string): string => `step ${step.step}: ${what}`;
const nameOf = (change: Change): string => `${change.resource} ${change.attribute}`;
const arrow = (change: Change): string => `${short(change.from)} -> ${short(change.to)}`;
const allOf = (change: Change): string => canonicalJson({ ...change });
const placeOf = (change: Change): string => canonicalJson([change.resource, change.attribute]);

function short(value: Json): string {
  const text = canonicalJson(value);
  if (text.length <= LONGEST_VALUE) return text;
  // half a surrogate pair would be no character
  return `${text.slice(0, LONGEST_VALUE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

interface Paired<T> {
  readonly pairs: readonly { readonly was: T; readonly is: T }[];
  readonly gone: readonly T[];
  readonly added: readonly T[];
  /** Whether the pairs stand in another order. */
  readonly moved: boolean;
}

/** Brings together what has the same key; whatever finds no partner by the first key tries the next one. */
function pair<T>(shown: readonly T[], now: readonly T[], keys: readonly ((item: T) => string)[]): Paired<T> {
  const shownOf = new Map<number, number>();
  const nowOf = new Map<number, number>();
  for (const key of keys) {
    const free = new Map<string, number[]>();
    now.forEach((item, at) => {
      if (!shownOf.has(at)) free.set(key(item), [...(free.get(key(item)) ?? []), at]);
    });
    shown.forEach((item, i) => {
      const at = nowOf.has(i) ? undefined : free.get(key(item))?.shift();
      if (at === undefined) return;
      nowOf.set(i, at);
      shownOf.set(at, i);
    });
  }
  const places = shown.flatMap((was, i) => {
    const at = nowOf.get(i);
    return at === undefined ? [] : now.slice(at, at + 1).map((is) => ({ was, is, at }));
  });
  return {
    pairs: places,
    gone: shown.filter((_, i) => !nowOf.has(i)),
    added: now.filter((_, at) => !shownOf.has(at)),
    moved: places.some(({ at }, i) => at < (places[i - 1]?.at ?? 0)),
  };
}

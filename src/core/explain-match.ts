import type { Labels } from './alert.js';
import { formatMatcher, matches, matchesAbsent, type Matcher } from './matcher.js';
import type { Runbook } from './runbook.js';

/** A runbook that does not answer an alert, with the matchers that failed. */
export interface Miss {
  readonly runbook: string;
  /** How many of its matchers there are. */
  readonly matchers: number;
  /** One sentence for each matcher that failed, in the order of the runbook. */
  readonly failed: readonly string[];
}

/** What of a runbook decides whether it answers an alert. */
export type Matching = Pick<Runbook, 'name' | 'match'>;

const LONGEST_VALUE = 80;

/** How many runbooks a decision names when none answers. */
export const NEAREST = 3;

/** Says why one matcher fails, with the label's value, or nothing when it holds. */
export function explainMatcher(matcher: Matcher, labels: Labels): string | undefined {
  if (matches(matcher, labels)) return undefined;
  const value = labels[matcher.name];
  const given = value === undefined ? `${nameOf(matcher)} is absent, which` : `${nameOf(matcher)}=${short(value)}`;
  return `${given} does not satisfy ${formatMatcher(matcher)}`;
}

/** Says which matchers of a runbook fail for a label set, or nothing when the runbook answers it. */
export function explainMiss({ name, match }: Matching, labels: Labels): Miss | undefined {
  if (match.length === 0)
    return { runbook: name, matchers: 0, failed: ['it has no matchers, which never means "all"'] };
  const failed = match.flatMap((matcher) => explainMatcher(matcher, labels) ?? []);
  return failed.length === 0 ? undefined : { runbook: name, matchers: match.length, failed };
}

/**
 * Gives the runbooks that do not answer a label set, the nearest first: those of which the most matchers recognise one of
 * its labels, then those of which the fewest fail, then as given. A matcher that also holds without the label recognises
 * nothing.
 *
 * @param most so many at the most
 */
export function nearestMisses(runbooks: readonly Matching[], labels: Labels, most = Infinity): Miss[] {
  const near: { readonly runbook: Matching; readonly known: number; readonly failed: number }[] = [];
  for (const runbook of runbooks) {
    const { known, failed } = countOf(runbook.match, labels);
    if (failed === 0 && runbook.match.length > 0) continue;
    let at = near.length;
    while (at > 0 && isNearer({ known, failed }, near[at - 1])) at--;
    if (at >= most) continue;
    near.splice(at, 0, { runbook, known, failed });
    if (near.length > most) near.pop();
  }
  return near.flatMap(({ runbook }) => explainMiss(runbook, labels) ?? []);
}

/** Says in one line why no runbook answers: the nearest ones, each with the matchers that failed. */
export function explainNoRunbook(runbooks: readonly Matching[], labels: Labels): string {
  if (runbooks.length === 0) return 'no runbook is in force';
  const nearest = nearestMisses(runbooks, labels, NEAREST).map(sayMiss);
  const others = runbooks.length - nearest.length;
  const rest = others > 0 ? [`and ${others} ${others === 1 ? 'other' : 'others'}`] : [];
  return `no runbook matches: ${[...nearest, ...rest].join('; ')}`;
}

/** Writes a miss in one line. */
export function sayMiss({ runbook, failed }: Miss): string {
  return `${runbook}: ${failed.join(', and ')}`;
}

interface Nearness {
  readonly known: number;
  readonly failed: number;
}

function isNearer(one: Nearness, other: Nearness | undefined): boolean {
  if (other === undefined) return false;
  return one.known > other.known || (one.known === other.known && one.failed < other.failed);
}

/** Counts without writing anything down: with many runbooks hardly one of them is named. */
function countOf(match: readonly Matcher[], labels: Labels): Nearness {
  let [known, failed] = [0, 0];
  for (const matcher of match) {
    if (!matches(matcher, labels)) failed++;
    else if (labels[matcher.name] !== undefined && !matchesAbsent(matcher)) known++;
  }
  return { known, failed };
}

function nameOf({ name }: Matcher): string {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : JSON.stringify(name);
}

function short(value: string): string {
  return JSON.stringify(value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE - 1)}…`);
}

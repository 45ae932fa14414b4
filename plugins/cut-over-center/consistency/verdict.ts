import type { Print } from './sides.js';

/** What counts as different. */
export type Difference = 'mismatch' | 'missingHere' | 'missingThere';

/** A key on both sides at about the same moment. */
export interface Look {
  readonly here: Print | null;
  readonly there: Print | null;
}

/** What two looks at a key say together. */
export type Verdict = Difference | 'match' | 'unsettled' | 'gone';

/**
 * Judges a key by two looks. A side that has by now what the other one had before is only replication under way; a key
 * that changed on both sides in between says nothing either way.
 *
 * @param toleranceMs by how much the ends of its life may differ
 */
export function verdictOf(first: Look, second: Look, toleranceMs: number): Verdict {
  const same = (one: Print | null, other: Print | null): boolean => areSame(one, other, toleranceMs);
  const { here, there } = second;
  if (here === null && there === null) return 'gone';
  if (same(here, there)) return 'match';
  const moved = !same(first.here, here) || !same(first.there, there);
  if (moved && (same(there, first.here) || same(here, first.there))) return 'match';
  if (!same(first.here, here) && !same(first.there, there)) return 'unsettled';
  if (here === null) return 'missingHere';
  return there === null ? 'missingThere' : 'mismatch';
}

function areSame(one: Print | null, other: Print | null, toleranceMs: number): boolean {
  if (one === null || other === null) return one === other;
  if (one.digest !== other.digest || (one.until === undefined) !== (other.until === undefined)) return false;
  return Math.abs((one.until ?? 0) - (other.until ?? 0)) <= toleranceMs;
}

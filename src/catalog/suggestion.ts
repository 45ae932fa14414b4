import { closest, distance } from 'fastest-levenshtein';

/** Names the known word that somebody probably meant, or nothing when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), candidate.toLowerCase()) <= Math.max(2, word.length / 3) ? candidate : undefined;
}

/**
 * Says that a word is not known, what was probably meant, and what is known.
 *
 * @param what for example `unknown key`
 * @param word as written
 * @param known all that would have been right
 * @param heading how the list is introduced
 */
export function unknownWord(what: string, word: string, known: readonly string[], heading = 'allowed'): string {
  const guess = nearest(word, known);
  const hint = guess === undefined ? '' : `: did you mean "${guess}"?`;
  const list = known.length === 0 ? 'none' : [...known].sort().join(', ');
  return `${what} ${JSON.stringify(word)}${hint}${hint === '' ? ';' : ''} ${heading}: ${list}`;
}

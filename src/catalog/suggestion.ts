import { closest, distance } from 'fastest-levenshtein';

/** Names the known word that somebody probably meant, or nothing when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const written = word.toLowerCase();
  const candidate = closest(
    written,
    known.map((one) => one.toLowerCase()),
  );
  const steps = distance(written, candidate);
  const isNear = steps < word.length && steps <= Math.max(2, word.length / 3);
  return isNear ? known.find((one) => one.toLowerCase() === candidate) : undefined;
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

/** Gives the known word of which this one differs in a letter or two, or nothing when it is known itself or another. */
export function nearMiss(word: string, known: readonly string[]): string | undefined {
  return known.includes(word) ? undefined : known.find((one) => distance(word, one) <= 2);
}

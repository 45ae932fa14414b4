/** How many of the latest samples of accesses are looked at. */
export const K = 3;

/** From how many of them a key must be missing before it may be evicted. */
const LEAST_MISSING = 2;

/** Either the victims, or why nothing can be said about who is one. */
export type Victims<Key> =
  { readonly ok: true; readonly victims: readonly Key[] } | { readonly ok: false; readonly because: string };

/**
 * Tells whether a key may be evicted. The rule is LRU-K with K = 3 as the source of this project words it: "a key is a
 * candidate only if it is missing from at least 2 of the last 3 global accesses". A "global access" is here one sample of
 * what all clients together used: the set of keys used within one window of time. Read literally, as three single accesses,
 * nearly every key would be missing from two of them, so the rule would protect nobody; over windows it says what LRU-K
 * is for, that a single late use (a scan, a crawler) does not make a key popular, and two uses in different windows do.
 *
 * @param present whether the key is in each of the last three samples
 */
export function isVictim(present: readonly [boolean, boolean, boolean]): boolean {
  return present.filter((there) => !there).length >= LEAST_MISSING;
}

/**
 * Gives the keys that may be evicted, those that are missing from more samples first.
 *
 * @param keys those that are asked about
 * @param samples sets of keys that were used, the latest first; those after the third are not looked at
 * @returns not ok with fewer than three samples, or an empty one: that nobody was seen is no proof that nobody came
 */
export function victimsOf<Key>(keys: Iterable<Key>, samples: readonly ReadonlySet<Key>[]): Victims<Key> {
  const [first, second, third] = samples;
  if (first === undefined || second === undefined || third === undefined)
    return { ok: false, because: `there are ${samples.length} samples of accesses, and ${K} are needed` };
  const empty = [first, second, third].findIndex((sample) => sample.size === 0);
  if (empty >= 0) return { ok: false, because: `sample ${empty + 1} of ${K} is empty` };
  const found = [...keys].flatMap((key) => {
    const present = [first.has(key), second.has(key), third.has(key)] as const;
    return isVictim(present) ? [{ key, seen: present.filter((there) => there).length }] : [];
  });
  return { ok: true, victims: found.toSorted((a, b) => a.seen - b.seen).map(({ key }) => key) };
}

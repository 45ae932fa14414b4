/** What a label says in place of a value that it must not have. */
export const OTHERS = 'others';

/** A label is for finding things, not for reading: what is longer is cut off. */
const LONGEST = 128;

/** Which values a label can have; whatever else comes is `others`. */
export interface LabelSet {
  /** So many values at most, `others` among them. */
  readonly most: number;
  /** Gives the value as it may stand in a label. */
  readonly take: (value: string) => string;
}

/** A label that has one of these values and no other. */
export function closed(values: Iterable<string>): LabelSet {
  const known = new Set(values);
  return { most: known.size + 1, take: (value) => (known.has(value) ? value : OTHERS) };
}

/** A label that has the first so many values that come, and `others` for those that come after them; none is always none. */
export function capped(most: number): LabelSet {
  const known = new Set(['']);
  const take = (value: string): string => {
    const short = shortened(value);
    if (known.has(short)) return short;
    if (known.size > most) return OTHERS;
    known.add(short);
    return short;
  };
  return { most: most + 2, take };
}

/** Cuts a text off that is too long for a label. */
export function shortened(value: string): string {
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST - 3)}...`;
}

/** The values of the labels of one series. */
export type LabelValues<T extends string> = { readonly [name in T]: string };

/**
 * Keeps the series of one metric few: each label within its set, and together no more combinations than `most`, after which
 * every label says `others`.
 */
export class LabelGate<T extends string> {
  private readonly seen = new Map<string, Readonly<Record<string, string>>>();
  private readonly sets: readonly (readonly [string, LabelSet])[];
  private readonly overflow: Readonly<Record<string, string>>;
  /** So many series at most. */
  readonly most: number;

  /**
   * @param sets which values each label can have
   * @param limit combinations, beside the one where every label says `others`
   */
  constructor(
    sets: { readonly [name in T]: LabelSet },
    private readonly limit: number,
  ) {
    const all: Readonly<Record<string, LabelSet>> = sets;
    this.sets = Object.entries(all);
    this.overflow = Object.fromEntries(this.sets.map(([name]) => [name, OTHERS]));
    this.most = Math.min(
      this.sets.reduce((product, [, set]) => product * set.most, 1),
      limit + 1,
    );
  }

  /** Gives the labels under which something is counted; the same object for the same series. */
  pass(values: LabelValues<T>): Readonly<Record<string, string>> {
    const given: Readonly<Record<string, string>> = values;
    const taken = this.sets.map(([name, set]) => set.take(given[name] ?? ''));
    const key = taken.join('\u0000');
    const known = this.seen.get(key);
    if (known !== undefined) return known;
    if (this.seen.size >= this.limit) return this.overflow;
    const labels = Object.fromEntries(this.sets.map(([name], i) => [name, taken[i] ?? '']));
    this.seen.set(key, labels);
    return labels;
  }
}

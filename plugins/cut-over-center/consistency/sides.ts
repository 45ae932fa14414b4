/** One of the two that are compared. */
export type Side = 'here' | 'there';

/** The other one. */
export const OTHER: Readonly<Record<Side, Side>> = { here: 'there', there: 'here' };

/** What stands for the value of a key: equal for equal values, and never the value itself. */
export interface Print {
  readonly digest: string;
  /** When it goes by itself, in milliseconds since 1970; absent when it stays. */
  readonly until?: number;
}

/** Some keys of one side, and where to go on; null when there are no more. */
export interface Page {
  readonly keys: readonly string[];
  readonly next: string | null;
}

/** Two stores that should hold the same. Keys are texts that only this adapter reads. */
export interface Sides {
  /** What the cursors belong to: when it is another than before, they lead nowhere. */
  lineage(): Promise<string>;
  /** About how many keys there are here. */
  about(): Promise<number>;
  /** The keys of one side after a cursor, about fifty; from the beginning for null. */
  page(side: Side, after: string | null): Promise<Page>;
  /** What stands for the values of at most fifty keys, in their order; null where there is no such key. */
  prints(side: Side, keys: readonly string[]): Promise<(Print | null)[]>;
  /** Which of at most fifty keys there are, in their order. */
  has(side: Side, keys: readonly string[]): Promise<boolean[]>;
  /** A key as people read it. */
  name(key: string): string;
}

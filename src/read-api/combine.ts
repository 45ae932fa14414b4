import type { Aggregation, Comparison } from './query.js';

/** Compares two values. */
export function compare(by: Comparison, value: number, than: number): boolean {
  switch (by) {
    case '==':
      return value === than;
    case '!=':
      return value !== than;
    case '>':
      return value > than;
    case '>=':
      return value >= than;
    case '<':
      return value < than;
    case '<=':
      return value <= than;
  }
}

/** Takes one more value into what the ones before it came to; undefined before the first. */
export function merge(by: Aggregation, before: number | undefined, value: number): number {
  switch (by) {
    case 'count':
      return (before ?? 0) + 1;
    case 'sum':
      return (before ?? 0) + value;
    case 'min':
      return Math.min(before ?? Infinity, value);
    case 'max':
      return Math.max(before ?? -Infinity, value);
  }
}

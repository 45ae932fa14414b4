import type { Matcher } from '../core/matcher.js';

/** What a selected value may be compared with a number by. */
export const COMPARISONS = ['==', '!=', '>', '>=', '<', '<='] as const;

/** Name of a comparison. */
export type Comparison = (typeof COMPARISONS)[number];

/** What makes one value of many. */
export const AGGREGATIONS = ['count', 'sum', 'min', 'max'] as const;

/** Name of an aggregation. */
export type Aggregation = (typeof AGGREGATIONS)[number];

/** What takes some of many. */
export const PICKS = ['topk', 'bottomk'] as const;

/** Name of a pick. */
export type Pick = (typeof PICKS)[number];

/** What is understood of PromQL that gives series. */
export type Vector =
  | { readonly is: 'selector'; readonly matchers: readonly Matcher[] }
  | { readonly is: 'compared'; readonly by: Comparison; readonly than: number; readonly of: Vector }
  | { readonly is: 'aggregated'; readonly by: Aggregation; readonly labels: readonly string[]; readonly of: Vector }
  | {
      readonly is: 'picked';
      readonly by: Pick;
      readonly most: number;
      readonly labels: readonly string[];
      readonly of: Vector;
    };

/** What is understood of PromQL. */
export type Query = Vector | { readonly is: 'number'; readonly value: number };

/** Said whenever something else is asked. */
export const UNDERSTOOD =
  'the read API of Firebreak understands: a selector such as firebreak_execution{phase="held"}; its comparison with a number; ' +
  'topk, bottomk, count, sum, min and max of these, with or without "by (...)"; and numbers. See docs/grafana-data-source.md';

/** The one selector that a query has. */
export function selectorOf(query: Vector): readonly Matcher[] {
  return query.is === 'selector' ? query.matchers : selectorOf(query.of);
}

/** The least value that what is selected may have to count at all: nothing below it need be read. */
export function leastOf(query: Vector): number {
  if (query.is === 'selector') return -Infinity;
  const least = leastOf(query.of);
  if (query.is !== 'compared' || !isPlain(query.of)) return least;
  return query.by === '>' || query.by === '>=' || query.by === '==' ? Math.max(least, query.than) : least;
}

/** Whether the values are still those that were selected. */
function isPlain(query: Vector): boolean {
  return query.is === 'selector' || (query.is === 'compared' && isPlain(query.of));
}

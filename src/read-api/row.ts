import { labelsFrom, type Instant, type Labels } from '../core/alert.js';
import type { Metric } from './metrics-read.js';

/** A series, or a part of one: it has this value from one moment until right before another. */
export interface Row {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly from: Instant;
  /** Absent while nothing has ended it. */
  readonly to?: Instant;
  readonly value: number;
}

/** The stretch of time that is asked about; both ends belong to it. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** A text in a label is cut here: it is for a table, not for reading. */
const LONGEST_TEXT = 300;

/** Labels of a series; what is not known is left out, which is the same as empty. */
export function seriesLabels(metric: Metric, labels: Readonly<Record<string, string | undefined>>): Labels {
  const known = Object.entries(labels).map(([name, value = '']) => [name, cut(value)] as const);
  return labelsFrom({ __name__: metric, ...Object.fromEntries(known) });
}

/** Tells whether any of it lies in the stretch. */
export function touches({ from, to = Infinity }: Row, span: Span): boolean {
  return from <= span.to && to > span.from;
}

/** The same for the same labels, and only for these. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function cut(text: string): string {
  // half of a pair is no character
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

import type { Instant } from '../core/alert.js';
import type { Comparison } from './comparison.js';
import type { Series } from './ports.js';

/** How something stood at one moment; no answer and no number are unknown, and that is never success. */
export interface Reading {
  readonly at: Instant;
  readonly status: 'held' | 'broken' | 'unknown';
  /** The value that says so: of several series the first that is not as wanted. */
  readonly value?: number;
  readonly detail: string;
}

/** The moments that are looked at, as Prometheus has them. */
export function timesOf(from: Instant, to: Instant, everyMs: number): readonly Instant[] {
  return Array.from({ length: Math.floor((to - from) / everyMs) + 1 }, (_, i) => from + i * everyMs);
}

/** Reads all series at one moment: each of them must be as wanted. */
export function statusOf(series: readonly Series[], at: Instant, is: Comparison): Reading {
  const values = series.flatMap(({ points }) => points.filter((point) => point.at === at).map(({ value }) => value));
  const [first] = values;
  if (first === undefined) return { at, status: 'unknown', detail: 'no data' };
  if (values.some((value) => Number.isNaN(value))) return { at, status: 'unknown', detail: 'not a number' };
  const wrong = values.find((value) => !is.holds(value));
  if (wrong !== undefined) return { at, status: 'broken', value: wrong, detail: `${figure(wrong)}, not ${is.text}` };
  return { at, status: 'held', value: first, detail: figure(first) };
}

/** Writes a value with as many digits as one can make use of. */
export function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}

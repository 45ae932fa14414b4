import type { Instant, Labels } from '../core/alert.js';
import { sayDuration } from '../core/duration.js';
import { formatMatcher, type Matcher } from '../core/matcher.js';

/** One thing that a person should know, with a word for what it is about. */
export interface Fact {
  readonly about: string;
  readonly says: string;
}

/** A fact, if there is anything to say. */
export function fact(about: string, says: string | undefined): Fact[] {
  return says === undefined || says === '' ? [] : [{ about, says }];
}

/** Says why not: the reason and its detail, which may begin with it. */
export function sayNo(because: string, detail: string): string {
  return detail.startsWith(because) ? detail : `${because}, ${detail}`;
}

/** Writes a moment with how far away it is: `2026-11-01T12:15:00Z (in 12 min)`. */
export function when(at: Instant, now: Instant): string {
  const text = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  const away = Math.abs(at - now);
  if (away < 1_000) return `${text} (now)`;
  return `${text} (${at > now ? `in ${sayDuration(away)}` : `${sayDuration(away)} ago`})`;
}

const MOST_LABELS = 12;
const LONGEST_VALUE = 60;

/** Writes labels as Prometheus does; only the first ones where there are very many. */
export function sayLabels(labels: Labels): string {
  const all = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(shortened(value))}`);
  const more = all.length > MOST_LABELS ? [`and ${all.length - MOST_LABELS} more`] : [];
  return [...all.slice(0, MOST_LABELS), ...more].join(', ');
}

/** Writes the matchers of a runbook. */
export function sayMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(formatMatcher).join(', ');
}

function shortened(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE - 1)}…`;
}

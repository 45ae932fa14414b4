import type { Instant } from '../core/alert.js';
import { parseDuration } from '../core/duration.js';

/** Writes a moment the way JSON answers hold it. */
export function iso(at: Instant): string;
/** Leaves out what is not known. */
export function iso(at: Instant | undefined): string | undefined;
export function iso(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/** Writes all moments of a record. */
export function isoAll<K extends string>(moments: { readonly [name in K]?: Instant | undefined }): {
  readonly [name: string]: string;
} {
  const known = Object.entries<Instant | undefined>(moments).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, iso(at)] as const],
  );
  return Object.fromEntries(known);
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Reads a moment in RFC 3339, or undefined when it is none. */
export function readInstant(text: string): Instant | undefined {
  const at = RFC3339.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Reads a moment in RFC 3339, or one that is a Prometheus duration away.
 *
 * @param text for example `2026-11-01T12:00:00Z` or `1h`
 * @param from what a duration counts from
 * @param direction whether a duration leads back or ahead
 */
export function readMoment(text: string, from: Instant, direction: 'back' | 'ahead'): Instant | undefined {
  const away = parseDuration(text);
  if (!away.ok) return readInstant(text);
  return direction === 'back' ? from - away.ms : from + away.ms;
}

import { parseDuration } from '../core/duration.js';
import { badParameter, type Refusal } from './refusal.js';

/** What a parameter says, in milliseconds. */
export type Read = { readonly ok: true; readonly ms: number } | Refusal;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** What clients of Prometheus send for "from the beginning" and "to the end". */
const ENDS: ReadonlyMap<string, number> = new Map([
  ['-292273086-05-16T16:47:06Z', -8.64e15],
  ['292277025-08-18T07:12:54.999999999Z', 8.64e15],
]);

/** Reads a moment: seconds since the epoch with a fraction, or RFC 3339. */
export function readTime(text: string): number | undefined {
  const end = ENDS.get(text);
  if (end !== undefined) return end;
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1_000) : RFC3339.test(text) ? Date.parse(text) : NaN;
  return Math.abs(ms) <= 8.64e15 ? ms : undefined;
}

/** Reads a moment that must be there. */
export function mustTime(name: string, text: string): Read {
  const ms = readTime(text);
  return ms === undefined
    ? badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`)
    : { ok: true, ms };
}

/** Reads a moment that may be absent. */
export function mayTime(name: string, text: string, otherwise: number): Read {
  if (text === '') return { ok: true, ms: otherwise };
  const ms = readTime(text);
  if (ms !== undefined) return { ok: true, ms };
  return badParameter(
    name,
    `Invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`,
  );
}

/** Reads a length of time: seconds with a fraction, or as Prometheus writes it. */
export function readLength(name: string, text: string): Read {
  // 0.289 * 1000 is a little less than 289
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1e9) / 1e6 : lengthOf(text);
  return ms === undefined || !Number.isFinite(ms)
    ? badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`)
    : { ok: true, ms };
}

function lengthOf(text: string): number | undefined {
  const read = parseDuration(text);
  return read.ok ? read.ms : undefined;
}

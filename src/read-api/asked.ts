import type { Instant } from '../core/alert.js';
import type { Matcher } from '../core/matcher.js';
import type { Grid } from './evaluate.js';
import type { Parameters } from './parameters.js';
import type { Query } from './query.js';
import { LONGEST_QUERY, readMatch, readQuery } from './read-query.js';
import { badData, badParameter, type Refusal } from './refusal.js';
import type { Span } from './row.js';
import { mayTime, mustTime, readLength } from './times.js';

/** A query at one moment. */
export type AskedInstant =
  { readonly ok: true; readonly query: Query; readonly at: Instant; readonly most: number } | Refusal;

/** A query at many moments. */
export type AskedRange =
  { readonly ok: true; readonly query: Query; readonly grid: Grid; readonly most: number } | Refusal;

/** Selectors of series, any of which may select one. */
export type AskedSelectors =
  | {
      readonly ok: true;
      readonly selectors: readonly (readonly Matcher[])[];
      readonly span: Span;
      readonly most: number;
    }
  | Refusal;

/** How many moments there may be, counted from the first one. */
const MOST_POINTS = 11_000;

/** Each is read on its own. */
const MOST_SELECTORS = 10;

/** How long a query may take. */
export const TIMEOUT_MS = 10_000;

/** Reads what `query` is asked. */
export function askedInstant(asked: Parameters, now: Instant): AskedInstant {
  const limit = limitOf(asked);
  if (!limit.ok) return limit;
  const at = mayTime('time', asked.one('time'), now);
  if (!at.ok) return at;
  const read = readQuery(asked.one('query'));
  return read.ok ? { ok: true, query: read.query, at: at.ms, most: limit.most } : badParameter('query', read.error);
}

/** Reads what `query_range` is asked. */
export function askedRange(asked: Parameters): AskedRange {
  const limit = limitOf(asked);
  if (!limit.ok) return limit;
  const start = mustTime('start', asked.one('start'));
  if (!start.ok) return start;
  const end = mustTime('end', asked.one('end'));
  if (!end.ok) return end;
  if (end.ms < start.ms) return badParameter('end', 'end timestamp must not be before start time');
  const step = readLength('step', asked.one('step'));
  if (!step.ok) return step;
  const stepMs = Math.floor(step.ms);
  if (step.ms <= 0)
    return badParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  if (stepMs < 1) return badParameter('step', 'it must be 1 ms at least');
  if (Math.floor((end.ms - start.ms) / stepMs) > MOST_POINTS) return badData(TOO_FINE);
  const read = readQuery(asked.one('query'));
  if (!read.ok) return badParameter('query', read.error);
  const grid = { start: start.ms, stepMs, count: Math.floor((end.ms - start.ms) / stepMs) + 1 };
  return { ok: true, query: read.query, grid, most: limit.most };
}

const TOO_FINE =
  'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)';

/**
 * Reads what `series`, `labels` and `label/<name>/values` are asked.
 *
 * @param otherwise the selector where none is given
 */
export function askedSelectors(asked: Parameters, otherwise: readonly Matcher[]): AskedSelectors {
  const limit = limitOf(asked);
  if (!limit.ok) return limit;
  const from = mayTime('start', asked.one('start'), -8.64e15);
  if (!from.ok) return from;
  const to = mayTime('end', asked.one('end'), 8.64e15);
  if (!to.ok) return to;
  const texts = asked.all('match[]');
  if (texts.length > MOST_SELECTORS) return badParameter('match[]', `there may be ${MOST_SELECTORS} at most`);
  // to read them cannot be interrupted
  if (texts.join('').length > LONGEST_QUERY)
    return badParameter('match[]', `all of them together may have ${LONGEST_QUERY} characters at most`);
  const selectors: (readonly Matcher[])[] = [];
  for (const text of texts) {
    const read = readMatch(text);
    if (!read.ok) return badParameter('match[]', read.error);
    selectors.push(read.matchers);
  }
  const span = { from: from.ms, to: to.ms };
  return { ok: true, selectors: selectors.length === 0 ? [otherwise] : selectors, span, most: limit.most };
}

/** How long a query may wait for its turn and, unless this was asked for, then take as long again. */
export interface Timeout {
  readonly ok: true;
  readonly ms: number;
  readonly isAsked: boolean;
}

/** Reads how long a query may take: shorter than usual, never longer. */
export function timeoutOf(asked: Parameters): Timeout | Refusal {
  const text = asked.one('timeout');
  if (text === '') return { ok: true, ms: TIMEOUT_MS, isAsked: false };
  const read = readLength('timeout', text);
  return read.ok ? { ok: true, ms: Math.min(read.ms, TIMEOUT_MS), isAsked: true } : read;
}

/**
 * Says when a query must be done, as the caller's clock counts. One that had to wait has all its time all the same: with what
 * the queue left of it, most would be computed in part, for nothing.
 */
export function computedUntil({ ms, isAsked }: Timeout, begun: number, letIn: number): number {
  return (isAsked ? begun : letIn) + ms;
}

function limitOf(asked: Parameters): { readonly ok: true; readonly most: number } | Refusal {
  const text = asked.one('limit');
  if (text === '' || text === '0') return { ok: true, most: Infinity };
  if (/^\d{1,15}$/.test(text)) return { ok: true, most: Number(text) };
  return badParameter('limit', 'limit must be a non-negative integer');
}

import { z } from 'zod';
import { readMoment } from '../../api/instants.js';
import { readQuery } from '../../api/read-request.js';
import { parseMatchers, type Matcher } from '../../core/matcher.js';
import { REASONS } from '../../core/suppressions.js';
import type { DecisionFilter, ExecutionStore } from '../../engine/execution-store.js';
import { alertRows, MOST_ROWS } from './alert-rows.js';

const DECISIONS = ['opened', 'suppressed', 'closed', 'noted'] as const;
/** So many decisions are looked at for one page. */
const MOST_DECISIONS = 1_000;

const text = z.string().trim().max(500).default('');
const query = z.strictObject({
  alertname: text,
  match: text,
  fingerprint: text,
  runbook: text,
  since: text,
  decision: z.enum(DECISIONS).exactOptional(),
  because: z.enum(REASONS).exactOptional(),
});

/** What somebody looks for among the alerts. */
export type AlertSearch = z.output<typeof query>;

/**
 * Reads the search out of the address.
 *
 * @throws FirebreakError `wrong-parameter` for what the form cannot send
 */
export function readSearch(raw: unknown): AlertSearch {
  return readQuery(query, raw);
}

/** What is to be looked for, or what is wrong with the search. */
type Wanted =
  | { readonly ok: true; readonly filter: DecisionFilter; readonly matchers: readonly Matcher[] }
  | { readonly ok: false; readonly detail: string };

function wantedOf({ match, since, ...rest }: AlertSearch, now: number): Wanted {
  const parsed = match === '' ? { ok: true as const, matchers: [] } : parseMatchers(match);
  if (!parsed.ok) return { ok: false, detail: `Labels: ${parsed.detail}.` };
  const from = since === '' ? undefined : readMoment(since, now, 'back');
  if (since !== '' && from === undefined)
    return {
      ok: false,
      detail: 'Since: write a duration such as 90m or 7d, or a moment such as 2026-11-01T12:00:00Z.',
    };
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  const filter = { ...given, limit: MOST_DECISIONS, ...(from === undefined ? {} : { since: Math.max(0, from) }) };
  return { ok: true, filter, matchers: parsed.matchers };
}

/**
 * Gathers what the list of alerts shows.
 *
 * @param search as it was read
 * @param now by the shared clock
 */
export async function alertsModel(search: AlertSearch, store: Pick<ExecutionStore, 'decisions'>, now: number) {
  const wanted = wantedOf(search, now);
  const records = wanted.ok ? await store.decisions(wanted.filter) : [];
  const rows = wanted.ok ? await alertRows(records, wanted.matchers, store) : [];
  const { decision, because, ...texts } = search;
  return {
    search: texts,
    decisions: DECISIONS.map((word) => ({ word, selected: word === decision })),
    reasons: REASONS.map((word) => ({ word, selected: word === because })),
    searched: Object.values(search).some((value) => value !== ''),
    problem: wanted.ok ? null : wanted.detail,
    rows,
    cut: rows.length === MOST_ROWS || records.length === MOST_DECISIONS,
  };
}

import { z } from 'zod';
import { readQuery } from '../../api/read-request.js';
import type { AuditFact, AuditRecord } from '../../engine/audit.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { readAuditFact } from '../../engine/stored-json.js';
import { DEEDS, deedWords } from './deeds.js';

const ROWS = 50;
const CHUNK = 1_000;
/** Among so many records one page looks for those that fit. */
const LOOKED_AT = 20_000;

const query = z.strictObject({
  by: z.string().trim().max(200).default(''),
  what: z.string().trim().max(60).default(''),
  before: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be the number of a record')
    .transform(Number)
    .exactOptional(),
});

/** Which records somebody wants to see. */
export type AuditSearch = z.output<typeof query>;

/**
 * Reads the search out of the address.
 *
 * @throws FirebreakError `wrong-parameter`
 */
export function readAuditSearch(raw: unknown): AuditSearch {
  return readQuery(query, raw);
}

/** Gathers one page of the audit, newest first. */
export async function auditModel(search: AuditSearch, store: Pick<ExecutionStore, 'audit' | 'auditHead'>) {
  const { by, what, before } = search;
  const head = await store.auditHead();
  const end = Math.min(before ?? Infinity, head.n + 1);
  const { rows, reached } = await collect(search, end, store);
  return {
    by,
    kinds: Object.entries(DEEDS).map(([kind, words]) => ({ kind, words, selected: kind === what })),
    searched: by !== '' || what !== '',
    head,
    rows,
    newest: before === undefined ? null : addressOf(by, what),
    older: reached > 1 ? addressOf(by, what, reached) : null,
    /** So far back it was looked, when fewer than a page fit. */
    lookedTo: rows.length < ROWS && reached > 1 ? reached : null,
  };
}

async function collect(
  search: AuditSearch,
  end: number,
  store: Pick<ExecutionStore, 'audit'>,
): Promise<{ readonly rows: AuditRow[]; readonly reached: number }> {
  const rows: AuditRow[] = [];
  const size = search.by === '' && search.what === '' ? ROWS : CHUNK;
  let reached = end;
  while (reached > 1 && end - reached < LOOKED_AT) {
    const after = Math.max(0, reached - 1 - size);
    const records = await store.audit(after, reached - 1 - after);
    // what was dropped is gone for good
    if (records.every(({ n }) => n >= reached)) return { rows, reached: 1 };
    for (const record of records.filter(({ n }) => n < reached).toReversed()) {
      const row = rowOf(record);
      if (fits(row, search)) rows.push(row);
      if (rows.length === ROWS) return { rows, reached: record.n };
    }
    reached = after + 1;
  }
  return { rows, reached };
}

/** One record of the page. */
export interface AuditRow {
  readonly n: number;
  readonly at: number | null;
  readonly by: string;
  readonly from: string;
  readonly what: string;
  readonly says: string;
  readonly of: string;
  /** What a link says: the id of an execution without what makes it hard to guess. */
  readonly short: string;
  readonly href: string;
  readonly detail: string;
  readonly hash: string;
}

function rowOf({ n, text, hash }: AuditRecord): AuditRow {
  const fact = factOf(text);
  if (fact === undefined) {
    // what cannot be read is shown as it is: hiding it would help whoever made it so
    const broken = { by: '', from: '', what: 'unreadable', says: 'cannot be read', of: '', short: '', href: '' };
    return { n, at: null, ...broken, detail: text.slice(0, 500), hash };
  }
  const { at, by = '', from = '', what, of, detail = '' } = fact;
  return { n, at, by, from, what, says: deedWords(what), of, short: shortOf(fact), href: hrefOf(fact), detail, hash };
}

function factOf(text: string): AuditFact | undefined {
  try {
    return readAuditFact(text);
  } catch {
    return undefined;
  }
}

function shortOf({ of, seq }: AuditFact): string {
  return seq === undefined ? of : `execution ${of.split('-')[0] ?? of}`;
}

function hrefOf({ what, of, seq }: AuditFact): string {
  if (seq !== undefined) return `/executions/${encodeURIComponent(of)}`;
  return what === 'trust-restored' ? `/runbooks/${encodeURIComponent(of)}` : '';
}

function fits(row: AuditRow, { by, what }: AuditSearch): boolean {
  const wanted = by.toLowerCase();
  const isBy = [row.by, row.from].some((text) => text.toLowerCase().includes(wanted));
  return isBy && (what === '' || row.what === what);
}

function addressOf(by: string, what: string, before?: number): string {
  const given = { by, what, before: before === undefined ? '' : String(before) };
  const text = new URLSearchParams(Object.entries(given).filter(([, value]) => value !== '')).toString();
  return text === '' ? '/audit' : `/audit?${text}`;
}

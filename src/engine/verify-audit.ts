import { sha256Hex } from '../core/plan-digest.js';
import { KEEP_AUDIT_RECORDS, type AuditHead } from './audit.js';
import { AuditWalk, type Recorded } from './audit-walk.js';
import { KEEP_CLOSED_MS, type ExecutionStore } from './execution-store.js';

/** What is read of a store. */
export type Audited = Pick<ExecutionStore, 'audit' | 'auditHead' | 'journalLines' | 'list' | 'now'>;

/** That the audit is whole, with what was looked at; or the first mistake, in one sentence. */
export type Verified =
  | {
      readonly ok: true;
      readonly head: AuditHead;
      /** Number of the first record that is kept. */
      readonly from: number;
      readonly records: number;
      readonly executions: number;
      readonly entries: number;
    }
  | { readonly ok: false; readonly mistake: string };

/** How a store may differ from a running one. */
export interface VerifyOptions {
  /** An end of the chain that was noted earlier, elsewhere. */
  readonly expect?: AuditHead;
  /** So many records are never dropped. */
  readonly keeps?: number;
}

const PAGE = 1_000;
const AT_ONCE = 100;
/** Journals are dated by workers, whose clocks follow that of the store. */
const CLOCKS_DIFFER_MS = 60_000;

/** Thrown with the sentence that says what is wrong. */
class Mistake extends Error {}

/**
 * Goes along the whole chain and recomputes it, and holds it against the journals: each record against its entry, and
 * each entry of each known execution against its record. Only reads; others may go on writing.
 *
 * @param store what is verified
 * @param options an earlier end of the chain that must still be part of it
 */
export async function verifyAudit(store: Audited, options: VerifyOptions = {}): Promise<Verified> {
  try {
    return await verify(store, options);
  } catch (error) {
    if (error instanceof Mistake) return { ok: false, mistake: error.message };
    throw error;
  }
}

async function verify(store: Audited, { expect, keeps = KEEP_AUDIT_RECORDS }: VerifyOptions): Promise<Verified> {
  const head = await store.auditHead();
  demand(Number.isSafeInteger(head.n), 'the head of the chain cannot be read');
  const walk = new AuditWalk([head.n, ...(expect === undefined ? [] : [expect.n])]);
  await walkOn(store, walk);
  const from = walk.first?.n ?? 1;
  const gone = from === 2 ? 'record 1 is' : `records 1 to ${from - 1} are`;
  demand(from === 1 || walk.count >= keeps, `${gone} missing, although fewer than ${keeps} are kept`);
  await checkHead(store, walk, head);
  if (expect !== undefined) checkExpected(walk, expect, from);
  const { executions, entries } = await checkJournals(store, walk);
  return { ok: true, head: walk.last, from, records: walk.count, executions, entries };
}

function demand(holds: boolean, mistake: string): void {
  if (!holds) throw new Mistake(mistake);
}

async function walkOn(store: Audited, walk: AuditWalk): Promise<void> {
  for (;;) {
    const page = await store.audit(walk.last.n, PAGE);
    for (const record of page) {
      const mistake = walk.take(record);
      if (mistake !== undefined) throw new Mistake(mistake);
    }
    if (page.length < PAGE) return;
  }
}

/** The head is written with each record: it is never ahead of the chain, and never behind it for long. */
async function checkHead(store: Audited, walk: AuditWalk, head: AuditHead): Promise<void> {
  const { n } = walk.last;
  demand(head.n <= n, `the chain ends with record ${n}, but ${head.n} were written: the last are missing`);
  const now = await store.auditHead();
  demand(now.n >= n, `the head names ${now.n} as the last record, but there are records up to ${n}`);
  const hash = head.n === 0 ? '' : walk.hashOf(head.n);
  demand(hash === head.hash, `the head does not fit record ${head.n}`);
}

function checkExpected(walk: AuditWalk, expect: AuditHead, from: number): void {
  const { n, hash } = expect;
  demand(n <= walk.last.n, `record ${n} was expected, but the chain ends with ${walk.last.n}`);
  demand(n >= from, `record ${n} was expected, but the first that is kept is ${from}`);
  demand(walk.hashOf(n) === hash, `record ${n} has another hash than expected: the chain was made anew`);
}

/** An entry for which no record was found so far. */
interface Unrecorded {
  readonly id: string;
  readonly entry: Entry;
}

async function checkJournals(store: Audited, walk: AuditWalk): Promise<{ executions: number; entries: number }> {
  const known = new Map([...walk.events].map(([id, recorded]) => [id, new Map(recorded)]));
  const ids = [...new Set([...known.keys(), ...(await listed(store))])];
  const now = await store.now();
  const unrecorded: Unrecorded[] = [];
  let entries = 0;
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const some = ids.slice(i, i + AT_ONCE);
    const journals = await Promise.all(some.map((id) => store.journalLines(id)));
    for (const [j, lines] of journals.entries()) {
      const id = some[j] ?? '';
      entries += lines.length;
      unrecorded.push(...checkJournal(id, lines, known.get(id) ?? new Map(), now));
    }
  }
  // what was written meanwhile has its record by now
  await walkOn(store, walk);
  for (const { id, entry } of unrecorded) checkUnrecorded(walk, id, entry);
  return { executions: ids.length, entries };
}

async function listed(store: Audited): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return ids;
}

/** One line of a journal, taken apart. */
interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly digest: string;
}

const LINE = /^\{"seq":(\d+),"at":([\d.e+-]+),"event":(.*)\}$/s;

function readLine(line: string): Entry | undefined {
  const [, seq, at, event = ''] = LINE.exec(line) ?? [];
  return seq === undefined ? undefined : { seq: Number(seq), at: Number(at), digest: sha256Hex(event) };
}

/** Holds a journal against its records; gives the entries that have none. */
function checkJournal(
  id: string,
  lines: readonly string[],
  recorded: ReadonlyMap<number, Recorded>,
  now: number,
): Unrecorded[] {
  const unrecorded: Unrecorded[] = [];
  for (const [i, line] of lines.entries()) {
    const entry = readLine(line);
    if (entry?.seq !== i + 1) throw new Mistake(`entry ${i + 1} of the journal of ${id} is none`);
    const record = recorded.get(entry.seq);
    if (record === undefined) unrecorded.push({ id, entry });
    else compare(id, entry, record);
  }
  const lost = [...recorded].find(([seq]) => seq > lines.length);
  if (lost === undefined) return unrecorded;
  const [seq, { n }] = lost;
  demand(lines.length === 0, `entry ${seq} of the journal of ${id} is missing, of which record ${n} tells`);
  const latest = Math.max(...[...recorded.values()].map(({ at }) => at));
  demand(
    now - latest + CLOCKS_DIFFER_MS >= KEEP_CLOSED_MS,
    `the journal of ${id} is missing, of which record ${n} tells`,
  );
  return unrecorded;
}

function compare(id: string, entry: Entry, { n, at, digest }: Recorded): void {
  const same = entry.at === at && entry.digest === digest;
  demand(same, `entry ${entry.seq} of the journal of ${id} is another one than that of which record ${n} was made`);
}

/** Without a record is only what is older than the first that is kept. */
function checkUnrecorded({ events, first }: AuditWalk, id: string, entry: Entry): void {
  const record = events.get(id)?.get(entry.seq);
  if (record !== undefined) return compare(id, entry, record);
  const earlier = [...(events.get(id)?.keys() ?? [])].some((seq) => seq < entry.seq);
  const isOld = first !== undefined && first.n > 1 && entry.at <= first.at + CLOCKS_DIFFER_MS && !earlier;
  demand(isOld, `entry ${entry.seq} of the journal of ${id} has no record`);
}

import type { Instant } from '../core/alert.js';
import { PHASES, type Execution } from '../core/execution.js';
import { readAuditFact } from '../engine/stored-json.js';
import type { ExecutionStore } from '../engine/execution-store.js';

/** By how much the clocks of processes may differ. */
export const SLACK_MS = 60_000;
/** So much of the audit's end is read. */
const MOST_RECORDS = 2_000;

/** Executions that may have been open since a moment. */
export interface OpenSince {
  /** The newest first. */
  readonly executions: readonly Execution[];
  /**
   * To which of them anything has happened since then; the others stand as they stood. Absent where so much has happened that
   * the end of the audit does not reach back so far: there may be others then, which are closed now.
   */
  readonly changed?: ReadonlySet<string>;
  /** Some were left out. */
  readonly isCut: boolean;
}

type Asked = Pick<ExecutionStore, 'get' | 'list' | 'audit' | 'auditHead'>;

/**
 * Finds all executions that were open at any time since a moment without looking at those that were closed before it: what is
 * open now, and what the end of the audit says that something has happened to.
 */
export async function openSince(store: Asked, since: Instant, most: number): Promise<OpenSince> {
  const found = new Map<string, Execution>();
  let isCut = false;
  for (const phase of PHASES.filter((one) => one !== 'closed')) {
    const { items, cursor } = await store.list({ phase, limit: most });
    for (const one of items) found.set(one.id, one);
    isCut ||= cursor !== undefined;
  }
  // only now: whatever has gone from one list to another meanwhile, or was closed, is in here
  const changed = await changedSince(store, since - SLACK_MS);
  const more = [...(changed ?? [])].filter((id) => !found.has(id));
  for (let at = 0; at < more.length; at += 100) {
    const some = await Promise.all(more.slice(at, at + 100).map((id) => store.get(id)));
    for (const one of some) if (one !== undefined) found.set(one.execution.id, one.execution);
  }
  const executions = [...found.values()].sort((a, b) => b.timeline.openedAt - a.timeline.openedAt);
  isCut ||= executions.length > most;
  return { executions: executions.slice(0, most), isCut, ...(changed === undefined ? {} : { changed }) };
}

/** Ids of all to which anything has happened; undefined where the records that are read do not reach back so far. */
async function changedSince(store: Asked, since: Instant): Promise<ReadonlySet<string> | undefined> {
  const { n } = await store.auditHead();
  const records = await store.audit(Math.max(0, n - MOST_RECORDS), MOST_RECORDS);
  const facts = records.map(({ text }) => readAuditFact(text));
  if ((facts[0]?.at ?? Infinity) >= since) return undefined;
  return new Set(facts.flatMap(({ at, of }) => (at >= since ? [of] : [])));
}

import type { Cluster, Redis } from 'ioredis';
import type { Execution } from '../core/execution.js';
import { recordsOf } from './decision-text.js';
import { readDecisionEntry, readExecution } from './stored-json.js';
import { wantsDecision, wantsExecution } from './listing.js';
import type { DecisionFilter, DecisionRecord, ExecutionFilter, ExecutionPage } from './execution-store.js';

const PAGE = 200;
/** How far one request looks; what it has not reached is behind the cursor. */
const MOST_LOOKED_AT = 10_000;

/** Lists executions from the newest to the oldest; the cursor is the opening time and id of the last one looked at. */
export async function listExecutions(
  redis: Redis | Cluster,
  prefix: string,
  filter: ExecutionFilter,
): Promise<ExecutionPage> {
  const index = `${prefix}${filter.phase === undefined || filter.phase === 'closed' ? 'all' : `ph:${filter.phase}`}`;
  const items: Execution[] = [];
  let cursor = filter.cursor;
  let rank = await rankAfter(redis, index, cursor);
  for (const end = rank + MOST_LOOKED_AT; rank < end; rank += PAGE) {
    const entries = pairs(await redis.zrevrange(index, rank, rank + PAGE - 1, 'WITHSCORES'));
    const page = await Promise.all(entries.map(([id]) => redis.hget(`${prefix}x:${id}`, 'r')));
    for (const [i, record] of page.entries()) {
      const [id, at] = entries[i] ?? ['', ''];
      cursor = `${at}:${id}`;
      if (typeof record !== 'string') continue;
      const execution = readExecution(record);
      if (wantsExecution(filter, execution)) items.push(execution);
      if (items.length >= filter.limit) return { items, cursor };
    }
    if (entries.length < PAGE) return { items };
  }
  return { items, ...(cursor === undefined ? {} : { cursor }) };
}

/** Lists executions of which something can be taken back. */
export async function listRevertible(
  redis: Redis | Cluster,
  prefix: string,
  limit: number,
): Promise<{ items: Execution[]; total: number }> {
  const [ids, total] = await Promise.all([
    limit > 0 ? redis.zrevrange(`${prefix}rv`, 0, limit - 1) : [],
    redis.zcard(`${prefix}rv`),
  ]);
  const records = await Promise.all(ids.map((id) => redis.hget(`${prefix}x:${id}`, 'r')));
  return { items: records.flatMap((record) => (record === null ? [] : readExecution(record))), total };
}

/** Many executions can be opened in one millisecond, so the place is found by id, and by time only where the id has left the index. */
async function rankAfter(redis: Redis | Cluster, index: string, cursor: string | undefined): Promise<number> {
  const [, at, id] = /^(\d+):(.+)$/.exec(cursor ?? '') ?? [];
  if (at === undefined || id === undefined) return 0;
  const rank = await redis.zrevrank(index, id);
  return rank === null ? redis.zcount(index, `(${at}`, '+inf') : rank + 1;
}

function pairs(flat: readonly string[]): [string, string][] {
  const all: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) all.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return all;
}

/** Lists decisions from the newest to the oldest. */
export async function listDecisions(
  redis: Redis | Cluster,
  prefix: string,
  filter: DecisionFilter,
): Promise<readonly DecisionRecord[]> {
  const records: DecisionRecord[] = [];
  let end = '+';
  // often the first entries are the ones that are wanted
  for (let count = Math.min(1_000, filter.limit); ; count = 1_000) {
    const entries = await redis.xrevrange(`${prefix}decisions`, end, String(filter.since ?? '-'), 'COUNT', count);
    for (const [id, [, text]] of entries) {
      end = `(${id}`;
      // most entries are about other alerts, and need not be taken apart
      if (text === undefined || !text.includes(filter.fingerprint ?? '')) continue;
      for (const record of readDecisionEntry(text).toReversed().flatMap(recordsOf)) {
        if (wantsDecision(filter, record)) records.push(record);
        if (records.length >= filter.limit) return records;
      }
    }
    if (entries.length < count) return records;
  }
}

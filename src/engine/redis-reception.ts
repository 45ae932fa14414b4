import type { Cluster, Redis } from 'ioredis';
import { EPISODE_MEMORY_MS, OPEN_EPISODE_MEMORY_MS } from '../core/episode.js';
import { recordsOf, repeatDecisions, seenOf } from './decision-text.js';
import { KEEP_DECISION_ENTRIES, type DecisionRecord, type Receipt } from './execution-store.js';
import { jsonForScript } from './redis-scripts.js';
import { readDecisions } from './stored-json.js';

/** How many alerts go into one script call: longer ones would keep other clients of Redis waiting. */
const ALERTS_PER_CALL = 100;
/** How long a replica may take to confirm before a webhook is answered 503. */
const REPLICA_WITHIN_MS = 1_000;

/** Where alerts are taken in, and what must have happened before they count as taken in. */
export interface ReceptionOptions {
  readonly prefix: string;
  /** So many replicas must have it, too. */
  readonly replicas: number;
  /**
   * Connections. Redis reads a little from each before it writes to disk, so that webhooks on several of them share one
   * fsync.
   */
  readonly lanes: readonly [Redis | Cluster, ...(Redis | Cluster)[]];
}

type Answers = Map<Receipt, DecisionRecord[]>;

/** Hands alerts to Redis: mere repeats to a script that only looks and writes the log, all others to the one that decides. */
export class RedisReception {
  private turn = 0;

  constructor(private readonly options: ReceptionOptions) {}

  /** Takes in the alerts of one webhook, all at once; gives the decisions in the order of the receipts. */
  async receive(receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    const { lanes, replicas } = this.options;
    const lane = lanes[this.turn++ % lanes.length] ?? lanes[0];
    const repeats = receipts.filter((receipt) => receipt.repeats !== undefined);
    const others = receipts.filter((receipt) => receipt.repeats === undefined);
    // every call is awaited, so that a failure of one is not answered while another is still under way
    const settled = await Promise.allSettled([
      ...inParts(repeats).map((part) => this.look(lane, part)),
      ...inParts(others).map((part) => this.decide(lane, part)),
    ]);
    if (replicas > 0) await confirm(lane, replicas);
    const answers: Answers = new Map();
    for (const call of settled) {
      if (call.status === 'rejected') throw call.reason;
      for (const [receipt, decisions] of call.value) answers.set(receipt, decisions);
    }
    return receipts.map((receipt) => answers.get(receipt) ?? []);
  }

  private async look(lane: Redis | Cluster, receipts: readonly Receipt[]): Promise<Answers> {
    const args = receipts.flatMap(repeatArguments);
    const [at, kept = ''] = await lane.fbRepeat(this.options.prefix, KEEP_DECISION_ENTRIES, ...args);
    const isKept = (i: number): boolean => kept[i] === '1';
    return new Map(
      receipts.map((receipt, i) => {
        const kept = { at: Number(at), seen: seenOf(receipt), decisions: repeatDecisions(receipt.repeats ?? []) };
        return [receipt, isKept(i) ? recordsOf(kept) : []];
      }),
    );
  }

  private async decide(lane: Redis | Cluster, receipts: readonly Receipt[]): Promise<Answers> {
    const args = receipts.flatMap(receiptArguments);
    const { prefix } = this.options;
    const texts = await lane.fbReceive(prefix, EPISODE_MEMORY_MS, OPEN_EPISODE_MEMORY_MS, KEEP_DECISION_ENTRIES, ...args);
    return new Map(receipts.map((receipt, i) => [receipt, recordsOf(readDecisions(texts[i] ?? ''))]));
  }
}

/** `ha`: refuses unless a replica has it too; what is already written is found again when the webhook is repeated. */
async function confirm(lane: Redis | Cluster, replicas: number): Promise<void> {
  // WAIT speaks of the writes of its own connection
  const confirmed = await lane.wait(replicas, REPLICA_WITHIN_MS);
  if (confirmed < replicas) throw new Error(`${confirmed} of ${replicas} replicas have confirmed within ${REPLICA_WITHIN_MS} ms`);
}

function inParts(receipts: readonly Receipt[]): Receipt[][] {
  const parts: Receipt[][] = [];
  for (let i = 0; i < receipts.length; i += ALERTS_PER_CALL) parts.push(receipts.slice(i, i + ALERTS_PER_CALL));
  return parts;
}

/** In the order of lua/repeat.lua. */
function repeatArguments(receipt: Receipt): (string | number)[] {
  const { alert, repeats = [] } = receipt;
  const text = `"seen":${JSON.stringify(seenOf(receipt))},"decisions":${JSON.stringify(repeatDecisions(repeats))}}`;
  const pairs = repeats.flatMap(({ runbook, executionId }) => [runbook, executionId]);
  return [alert.fingerprint, alert.startsAt, text, repeats.length, ...pairs];
}

/** In the order of lua/receive.lua; what the script need not look into goes as text that it only copies. */
function receiptArguments(receipt: Receipt): (string | number)[] {
  const { alert, openings, refusals } = receipt;
  const { status, fingerprint, startsAt, endsAt = startsAt } = alert;
  return [
    status,
    fingerprint,
    status === 'firing' ? startsAt : endsAt,
    JSON.stringify(seenOf(receipt)),
    refusals.map((no) => JSON.stringify({ ...no, decision: 'suppressed' })).join(','),
    openings.length,
    ...openings.flatMap(({ execution, claims }) => {
      const { id, runbook, target } = execution;
      return [id, runbook, target, jsonForScript(claims), JSON.stringify(execution)];
    }),
  ];
}

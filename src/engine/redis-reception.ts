import type { Cluster, Redis } from 'ioredis';
import { EPISODE_MEMORY_MS, OPEN_EPISODE_MEMORY_MS } from '../core/episode.js';
import { openingTexts } from './audit.js';
import { ownDecisions, recordsOf, repeatDecisions, seenOf } from './decision-text.js';
import { gather } from './gather.js';
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

/** Hands alerts to Redis: mere repeats to a script that only looks and writes the log, all others to the one that decides. */
export class RedisReception {
  private turn = 0;
  /** The repeats of several webhooks share a call: nothing that one of them says can make it fail for the others. */
  private readonly look = gather((receipts: readonly Receipt[]) =>
    this.inParts(receipts, (lane, part) => this.lookAt(lane, part)),
  );

  constructor(private readonly options: ReceptionOptions) {}

  /** Takes in the alerts of one webhook, all at once; gives the decisions in the order of the receipts. */
  async receive(receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    const isRepeat = (receipt: Receipt): boolean => receipt.repeats !== undefined;
    const repeats = receipts.filter(isRepeat);
    const others = receipts.filter((receipt) => !isRepeat(receipt));
    // both are awaited, so that a failure of one is not answered while the other is still under way
    const [looked, decided] = await Promise.allSettled([
      repeats.length === 0 ? [] : this.look(repeats),
      this.inParts(others, (lane, part) => this.decide(lane, part)),
    ]);
    if (looked.status === 'rejected') throw looked.reason;
    if (decided.status === 'rejected') throw decided.reason;
    return receipts.map((receipt) => (isRepeat(receipt) ? looked.value.shift() : decided.value.shift()) ?? []);
  }

  /** All parts go out at once, each over the lane whose turn it is; with `ha` each waits for its replicas. */
  private async inParts(
    receipts: readonly Receipt[],
    send: (lane: Redis | Cluster, part: readonly Receipt[]) => Promise<DecisionRecord[][]>,
  ): Promise<DecisionRecord[][]> {
    const { lanes, replicas } = this.options;
    const calls: Promise<DecisionRecord[][]>[] = [];
    for (let i = 0; i < receipts.length; i += ALERTS_PER_CALL) {
      const lane = lanes[this.turn++ % lanes.length] ?? lanes[0];
      const sent = send(lane, receipts.slice(i, i + ALERTS_PER_CALL));
      calls.push(replicas === 0 ? sent : sent.then((made) => confirm(lane, replicas).then(() => made)));
    }
    const settled = await Promise.allSettled(calls);
    return settled.flatMap((call) => {
      if (call.status === 'rejected') throw call.reason;
      return call.value;
    });
  }

  private async lookAt(lane: Redis | Cluster, receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    const args = receipts.flatMap(repeatArguments);
    const [at, kept] = await lane.fbRepeat(this.options.prefix, KEEP_DECISION_ENTRIES, ...args);
    return receipts.map((receipt, i) => {
      if (kept[i] !== '1') return [];
      return recordsOf({ at: Number(at), seen: seenOf(receipt), decisions: repeatDecisions(receipt.repeats ?? []) });
    });
  }

  private async decide(lane: Redis | Cluster, receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    const { prefix } = this.options;
    const args = receipts.flatMap(receiptArguments);
    const texts = await lane.fbReceive(
      prefix,
      EPISODE_MEMORY_MS,
      OPEN_EPISODE_MEMORY_MS,
      KEEP_DECISION_ENTRIES,
      ...args,
    );
    return texts.map((text) => recordsOf(readDecisions(text)));
  }
}

/** `ha`: refuses unless a replica has it too; what is already written is found again when the webhook is repeated. */
export async function confirm(lane: Redis | Cluster, replicas: number): Promise<void> {
  // WAIT speaks of the writes of its own connection
  const confirmed = await lane.wait(replicas, REPLICA_WITHIN_MS);
  if (confirmed < replicas)
    throw new Error(`${confirmed} of ${replicas} replicas have confirmed within ${REPLICA_WITHIN_MS} ms`);
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
  const { alert, openings } = receipt;
  const { status, fingerprint, startsAt, endsAt = startsAt } = alert;
  return [
    status,
    fingerprint,
    status === 'firing' ? startsAt : endsAt,
    JSON.stringify(seenOf(receipt)),
    ownDecisions(receipt)
      .map((decision) => JSON.stringify(decision))
      .join(','),
    openings.length,
    ...openings.flatMap(({ execution, claims }) => {
      const { id, runbook, target } = execution;
      const { record, entry } = openingTexts(execution);
      return [id, runbook, target, jsonForScript(claims), record, entry];
    }),
  ];
}

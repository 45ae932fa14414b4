import type { Cluster, Redis } from 'ioredis';
import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { JournalEntry } from '../core/event.js';
import { PHASES, type Execution, type Phase } from '../core/execution.js';
import { dueAt } from '../core/next-move.js';
import type { Pause } from '../core/pause.js';
import {
  KEEP_CLOSED_MS,
  type Append,
  type DecisionFilter,
  type DecisionRecord,
  type ExecutionFilter,
  type ExecutionPage,
  type ExecutionStore,
  type Opened,
  type Receipt,
  type Saved,
  type Stored,
} from './execution-store.js';
import { RedisReception } from './redis-reception.js';
import { listDecisions, listExecutions } from './redis-listing.js';
import { defineScripts, jsonForScript } from './redis-scripts.js';
import { readExecution, readJournalEntry, readPause, readRefusal, readSignal } from './stored-json.js';

const OPEN_PHASES = PHASES.filter((phase) => phase !== 'closed');

/** The store of a running service: one Lua script per method, all keys in one hash slot. */
export class RedisExecutionStore implements ExecutionStore {
  private readonly prefix: string;
  private readonly reception: RedisReception;

  /**
   * @param redis connection for commands; it fails fast when Redis is away
   * @param subscriber connection of its own for news of changes
   * @param options `prefix` of all keys, with the hash tag in braces; `replicas` that must have a webhook before it is
   * acknowledged; `lanes`, further connections for taking in alerts
   */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly subscriber: Redis | Cluster,
    options: {
      readonly prefix?: string;
      readonly replicas?: number;
      readonly lanes?: readonly (Redis | Cluster)[];
    } = {},
  ) {
    this.prefix = options.prefix ?? '{fb}:';
    const lanes = [redis, ...(options.lanes ?? [])] as const;
    for (const lane of lanes) defineScripts(lane);
    this.reception = new RedisReception({ prefix: this.prefix, replicas: options.replicas ?? 0, lanes });
  }

  receive(receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    return this.reception.receive(receipts);
  }

  async open(execution: Execution, claims: readonly Claim[]): Promise<Opened> {
    const { id, runbook, target } = execution;
    const answer = await this.redis.fbOpen(
      this.prefix,
      id,
      runbook,
      target,
      jsonForScript(claims),
      JSON.stringify(execution),
    );
    if (answer === '') return { opened: true };
    return { opened: false, refusal: readRefusal(answer) };
  }

  async get(id: string): Promise<Stored | undefined> {
    const [kept, signals] = await Promise.all([
      this.redis.hmget(this.key(`x:${id}`), 'r', 'v'),
      this.redis.lrange(this.key(`s:${id}`), 0, -1),
    ]);
    const [record, version] = kept;
    if (typeof record !== 'string' || typeof version !== 'string') return undefined;
    const execution = readExecution(record);
    const epoch = await this.redis.get(this.key(`ec:${execution.target}`));
    return {
      execution,
      version: Number(version),
      signals: signals.map(readSignal),
      targetEpoch: Number(epoch ?? 0),
    };
  }

  async append({ before, event, next, at, claims }: Append): Promise<Saved> {
    const due = dueAt(next, at);
    const isSignal = event.type === 'alert-resolved' || event.type === 'alert-refired';
    const isIntent = event.type === 'apply-intended' || event.type === 'revert-intended';
    const answer = await this.redis.fbAppend(
      this.prefix,
      next.id,
      before.version,
      JSON.stringify(next),
      `"at":${at},"event":${JSON.stringify(event)}}`,
      next.state.phase,
      due ?? '',
      isSignal ? '1' : '0',
      isIntent ? event.intent.epoch : '',
      claims === undefined ? '' : jsonForScript(claims),
      next.alert?.fingerprint ?? '',
      next.runbook,
      KEEP_CLOSED_MS,
    );
    if (answer === 'saved') return { saved: 'yes' };
    if (answer === 'stale') return { saved: 'stale' };
    return { saved: 'refused', refusal: readRefusal(answer) };
  }

  async holdsEpoch(target: string, epoch: number): Promise<boolean> {
    return Number((await this.redis.get(this.key(`ec:${target}`))) ?? 0) <= epoch;
  }

  async journal(id: string): Promise<readonly JournalEntry[]> {
    const lines = await this.redis.lrange(this.key(`j:${id}`), 0, -1);
    return lines.map(readJournalEntry);
  }

  list(filter: ExecutionFilter): Promise<ExecutionPage> {
    return listExecutions(this.redis, this.prefix, filter);
  }

  decisions(filter: DecisionFilter): Promise<readonly DecisionRecord[]> {
    return listDecisions(this.redis, this.prefix, filter);
  }

  async countOpen(): Promise<ReadonlyMap<Phase, number>> {
    const counts = await Promise.all(OPEN_PHASES.map((phase) => this.redis.zcard(this.key(`ph:${phase}`))));
    return new Map(OPEN_PHASES.map((phase, i) => [phase, counts[i] ?? 0]));
  }

  overdue(graceMs: number, againInMs: number, limit: number): Promise<readonly string[]> {
    return this.redis.fbOverdue(this.prefix, graceMs, againInMs, limit);
  }

  async oldestDue(): Promise<number> {
    const [now, oldest] = await Promise.all([
      this.now(),
      this.redis.zrangebyscore(this.key('due'), '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
    ]);
    return Math.max(0, now - Number(oldest[1] ?? now));
  }

  async addPause(pause: Pause): Promise<void> {
    await this.redis.hset(this.key('pauses'), pause.id, jsonForScript(pause));
  }

  async liftPause(id: string): Promise<boolean> {
    return (await this.redis.hdel(this.key('pauses'), id)) > 0;
  }

  async pauses(): Promise<readonly Pause[]> {
    const kept = await this.redis.hvals(this.key('pauses'));
    return kept.map(readPause);
  }

  async beat(owner: string, ttlMs: number): Promise<void> {
    await this.redis.set(this.key(`w:${owner}`), '1', 'PX', ttlMs);
  }

  async alive(owner: string): Promise<boolean> {
    return (await this.redis.exists(this.key(`w:${owner}`))) === 1;
  }

  async noteCanary(sentAt: Instant): Promise<void> {
    await this.redis.set(this.key('canary'), sentAt);
  }

  async lastCanary(): Promise<Instant | undefined> {
    const kept = await this.redis.get(this.key('canary'));
    return kept === null ? undefined : Number(kept);
  }

  async now(): Promise<Instant> {
    const [seconds, micros] = await this.redis.fbTime(this.prefix);
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  watch(changed: (id: string) => void): () => void {
    const channel = this.key('changes');
    const listener = (from: string, id: string): void => {
      if (from === channel) changed(id);
    };
    this.subscriber.on('message', listener);
    // a failed subscription is made again by ioredis when it connects; readers also look from time to time
    this.subscriber.subscribe(channel).catch(() => undefined);
    return () => this.subscriber.off('message', listener);
  }

  private key(name: string): string {
    return this.prefix + name;
  }
}

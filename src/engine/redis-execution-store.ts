import type { Cluster, Redis } from 'ioredis';
import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { JournalEntry } from '../core/event.js';
import { PHASES, type Execution, type Phase } from '../core/execution.js';
import { FirebreakError } from '../core/errors.js';
import type { Pause } from '../core/pause.js';
import { messageOf } from '../core/message-of.js';
import {
  auditOfEvent,
  auditOfPause,
  auditOfPerson,
  openingTexts,
  type AuditHead,
  type AuditRecord,
  type Doer,
} from './audit.js';
import type {
  Append,
  DecisionFilter,
  DecisionRecord,
  ExecutionFilter,
  ExecutionPage,
  ExecutionStore,
  KnownAlert,
  Opened,
  Receipt,
  Saved,
  Stored,
} from './execution-store.js';
import type { Governance } from './governance.js';
import type { Outbox } from './outbox.js';
import { RedisGovernance } from './redis-governance.js';
import { RedisOutbox } from './redis-outbox.js';
import { confirm, RedisReception } from './redis-reception.js';
import { listDecisions, listExecutions, listRevertible } from './redis-listing.js';
import { defineScripts, jsonForScript } from './redis-scripts.js';
import { besides } from './save-besides.js';
import {
  readAuditRecord,
  readExecution,
  readJournalEntry,
  readKnownAlert,
  readOpeningRefusal,
  readPause,
  readSaved,
  readSignal,
} from './stored-json.js';

const OPEN_PHASES = PHASES.filter((phase) => phase !== 'closed');

/** The store of a running service: one Lua script per method, all keys in one hash slot. */
export class RedisExecutionStore implements ExecutionStore {
  private readonly prefix: string;
  private readonly replicas: number;
  private readonly reception: RedisReception;
  readonly governance: Governance;
  readonly outbox: Outbox;

  /**
   * @param redis connection for commands; it fails fast when Redis is away
   * @param subscriber connection of its own for news of changes
   * @param options `prefix` of all keys, with the hash tag in braces; `replicas` that must have a webhook or a
   * pause before it is acknowledged; `lanes`, further connections for taking in alerts
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
    this.replicas = options.replicas ?? 0;
    const lanes = [redis, ...(options.lanes ?? [])] as const;
    for (const lane of lanes) defineScripts(lane);
    this.governance = new RedisGovernance(redis, this.prefix);
    this.outbox = new RedisOutbox(redis, this.prefix);
    this.reception = new RedisReception({ prefix: this.prefix, replicas: this.replicas, lanes });
  }

  receive(receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    return this.reception.receive(receipts);
  }

  async open(execution: Execution, claims: readonly Claim[]): Promise<Opened> {
    const { id, runbook, target } = execution;
    const { record, entry } = openingTexts(execution);
    const answer = await this.redis.fbOpen(
      this.prefix,
      id,
      runbook,
      target,
      jsonForScript(claims),
      record,
      execution.alert?.fingerprint ?? '',
      entry,
    );
    if (answer === '') return { opened: true };
    return { opened: false, refusal: readOpeningRefusal(answer) };
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

  async append(change: Append): Promise<Saved> {
    const { before, event, next, at } = change;
    const json = JSON.stringify(event);
    const answer = await this.redis.fbAppend(
      this.prefix,
      next.id,
      before.version,
      JSON.stringify(next),
      `"event":${json}}`,
      jsonForScript(besides(change)),
      at,
      auditOfEvent(next.id, event, json),
    );
    return readSaved(answer);
  }

  async look(claims: readonly Claim[], id: string): Promise<OpeningRefusal | undefined> {
    const answer = await this.redis.fbLook(this.prefix, jsonForScript(claims), id);
    return answer === '' ? undefined : readOpeningRefusal(answer);
  }

  async holdsEpoch(target: string, epoch: number): Promise<boolean> {
    return Number((await this.redis.get(this.key(`ec:${target}`))) ?? 0) <= epoch;
  }

  async journal(id: string): Promise<readonly JournalEntry[]> {
    return (await this.journalLines(id)).map(readJournalEntry);
  }

  journalLines(id: string): Promise<readonly string[]> {
    return this.redis.lrange(this.key(`j:${id}`), 0, -1);
  }

  async audit(after: number, limit: number): Promise<readonly AuditRecord[]> {
    return (await this.redis.xrange(this.key('audit'), `(${after}`, '+', 'COUNT', limit)).map(readAuditRecord);
  }

  async auditHead(): Promise<AuditHead> {
    const [n, hash] = await this.redis.hmget(this.key('audit:head'), 'n', 'h');
    return { n: Number(n ?? 0), hash: hash ?? '' };
  }

  list(filter: ExecutionFilter): Promise<ExecutionPage> {
    return listExecutions(this.redis, this.prefix, filter);
  }

  revertible(limit: number): Promise<{ items: Execution[]; total: number }> {
    return listRevertible(this.redis, this.prefix, limit);
  }

  decisions(filter: DecisionFilter): Promise<readonly DecisionRecord[]> {
    return listDecisions(this.redis, this.prefix, filter);
  }

  async alert(fingerprint: string): Promise<KnownAlert | undefined> {
    return readKnownAlert(await this.redis.hgetall(this.key(`ep:${fingerprint}`)));
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

  async addPause(pause: Pause, from?: string): Promise<void> {
    await this.redis.fbPause(this.prefix, pause.id, jsonForScript(pause), auditOfPause(pause, from));
    // what was acknowledged must outlive this server
    if (this.replicas > 0) await confirm(this.redis, this.replicas).catch(notOnReplica);
  }

  async liftPause(id: string, doer: Doer): Promise<boolean> {
    const { by, reason } = doer;
    const who = JSON.stringify({ by, reason }).slice(1);
    return (await this.redis.fbLift(this.prefix, id, auditOfPerson('pause-lifted', id, doer), who)) === 1;
  }

  async pauses(): Promise<readonly Pause[]> {
    const [now, ...kept] = await Promise.all([
      this.now(),
      this.redis.hvals(this.key('pauses')),
      this.redis.hvals(this.key('frozen')),
    ]);
    return kept
      .flat()
      .map(readPause)
      .filter(({ until = Infinity }) => now < until);
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

function notOnReplica(error: unknown): never {
  const why = messageOf(error);
  throw new FirebreakError('store-unavailable', `the pause is in force, but a failover would lose it: ${why}`);
}

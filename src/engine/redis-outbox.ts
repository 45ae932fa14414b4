import type { Cluster, Redis } from 'ioredis';
import type { Instant } from '../core/alert.js';
import { auditOfPerson } from './audit.js';
import {
  letterKey,
  type AttemptResult,
  type Claimed,
  type Fact,
  type LetterFilter,
  type LetterRecord,
  type Mailing,
  type Outbox,
  type PendingFact,
  type Put,
  type Reminder,
  type Taken,
  type Waiting,
} from './outbox.js';
import { jsonForScript } from './redis-scripts.js';
import { isReminder, readFact, readLetter, readLetterRecord, readTaken } from './stored-outbox.js';

/** Messages on their way, in Redis. */
export class RedisOutbox implements Outbox {
  /**
   * @param redis with the store's scripts defined
   * @param prefix of all keys
   */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {}

  async note(fact: Extract<Fact, { is: 'break-glass' }>): Promise<void> {
    // at once, by any clock
    await this.redis.zadd(this.key('ob:facts'), 0, JSON.stringify(fact));
  }

  async facts(leaseMs: number, limit: number): Promise<readonly PendingFact[]> {
    const due = await this.redis.fbPutOff(this.prefix, 'ob:facts', leaseMs, limit);
    return due.map(readFact).filter((fact) => fact !== undefined);
  }

  async put(news: readonly Mailing[], from?: PendingFact): Promise<Put> {
    const [told, pushedOut] = await this.redis.fbPutLetters(
      this.prefix,
      from?.text ?? '',
      jsonForScript(news.map(forScript)),
    );
    return { news: told, pushedOut: pushedOut.map(readLetter) };
  }

  lanes(): Promise<readonly string[]> {
    return this.redis.smembers(this.key('ob:lanes'));
  }

  async claim(notifier: string, leaseMs: number): Promise<Claimed | undefined> {
    const [, text, attempt, putAt] = await this.redis.fbClaimLetter(this.prefix, notifier, leaseMs);
    if (text === undefined) return undefined;
    return { ...readLetter(text), attempt: Number(attempt), putAt: Number(putAt) };
  }

  async finish(claimed: Claimed, { result, detail = '', againInMs = 0 }: AttemptResult): Promise<boolean> {
    const { attempt } = claimed;
    const key = letterKey(claimed);
    return (await this.redis.fbFinishLetter(this.prefix, key, attempt, result, detail, againInMs)) === 1;
  }

  async reminders(leaseMs: number, limit: number): Promise<readonly Reminder[]> {
    return (await this.redis.fbPutOff(this.prefix, 'ob:remind', leaseMs, limit)).filter(isReminder);
  }

  async remind(of: Reminder, at: Instant): Promise<void> {
    await this.redis.zadd(this.key('ob:remind'), at, of);
  }

  async forget(of: Reminder): Promise<void> {
    await this.redis.zrem(this.key('ob:remind'), of);
  }

  async take(id: string, taken: Taken, from?: string): Promise<void> {
    const ms = Math.max(1, taken.until - taken.at);
    await this.redis.fbTake(this.prefix, id, JSON.stringify(taken), ms, auditOfPerson('taken', id, { ...taken, from }));
  }

  async taken(id: string): Promise<Taken | undefined> {
    const kept = await this.redis.get(this.key(`ob:tk:${id}`));
    return kept === null ? undefined : readTaken(kept);
  }

  async list({ execution, limit }: LetterFilter): Promise<readonly LetterRecord[]> {
    const index = execution === undefined ? 'ob:all' : `ob:x:${execution}`;
    const keys = await this.redis.zrevrange(this.key(index), 0, limit - 1);
    const records = await Promise.all(keys.map((key) => this.record(key)));
    return records.filter((record) => record !== undefined);
  }

  async waiting(): Promise<readonly Waiting[]> {
    const all = await Promise.all((await this.lanes()).map((notifier) => this.waitingFor(notifier)));
    return all.toSorted((a, b) => (a.notifier < b.notifier ? -1 : 1));
  }

  private async waitingFor(notifier: string): Promise<Waiting> {
    const queue = this.key(`ob:q:${notifier}`);
    const [count, [first = '']] = await Promise.all([this.redis.zcard(queue), this.redis.zrevrange(queue, -1, -1)]);
    const putAt = await this.redis.hget(this.key(`ob:m:${first}`), 'at');
    return { notifier, count, oldestPutAt: Number(putAt ?? Number.NaN) };
  }

  private async record(key: string): Promise<LetterRecord | undefined> {
    const [kept, log] = await Promise.all([
      this.redis.hgetall(this.key(`ob:m:${key}`)),
      this.redis.lrange(this.key(`ob:l:${key}`), 0, -1),
    ]);
    return readLetterRecord(kept, log);
  }

  private key(name: string): string {
    return this.prefix + name;
  }
}

/** The letter itself goes in as a text, which the script keeps as it is. */
function forScript({ letters, ...news }: Mailing): object {
  return {
    ...news,
    letters: letters.map((letter) => ({
      key: letterKey(letter),
      lane: letter.notifier,
      execution: letter.message.execution?.id ?? '',
      text: JSON.stringify(letter),
    })),
  };
}

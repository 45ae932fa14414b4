import type { Instant } from '../core/alert.js';
import { auditOfPerson } from './audit.js';
import type { MemoryAudit } from './memory-audit.js';
import {
  letterKey,
  OUTBOX,
  type Attempt,
  type AttemptResult,
  type Claimed,
  type Fact,
  type Letter,
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
import { readFact } from './stored-outbox.js';

interface Row {
  readonly letter: Letter;
  readonly order: Instant;
  readonly putAt: Instant;
  state: LetterRecord['state'];
  attempts: number;
  due: Instant;
  began: Instant | undefined;
  doneAt: Instant | undefined;
  log: Attempt[];
}

/** Messages on their way, of the memory twin. */
export class MemoryOutbox implements Outbox {
  private readonly pending = new Map<string, Instant>();
  private readonly told = new Set<string>();
  private readonly rows = new Map<string, Row>();
  private readonly reminding = new Map<Reminder, Instant>();
  private readonly takers = new Map<string, Taken>();

  /**
   * @param now the time of the test
   * @param audit where it is written down what people do
   */
  constructor(
    private readonly now: () => Instant,
    private readonly audit: MemoryAudit,
  ) {}

  async note(fact: Fact): Promise<void> {
    this.noteAtOnce(fact);
  }

  /** The same, within another step of the store. */
  noteAtOnce(fact: Fact): void {
    this.pending.set(JSON.stringify(fact), this.now());
    const [oldest] = this.pending.keys();
    if (this.pending.size > OUTBOX.mostFacts && oldest !== undefined) this.pending.delete(oldest);
  }

  async facts(leaseMs: number, limit: number): Promise<readonly PendingFact[]> {
    return this.putOff(this.pending, leaseMs, limit).flatMap((text) => readFact(text) ?? []);
  }

  async put(news: readonly Mailing[], from?: PendingFact): Promise<Put> {
    const fresh = news.filter(({ id }) => !this.told.has(id) && this.told.add(id));
    const pushedOut = fresh.flatMap(({ letters, at }) => letters.flatMap((letter) => this.putLetter(letter, at)));
    for (const { remind } of fresh) if (remind !== undefined) this.reminding.set(remind.of, remind.at);
    if (from !== undefined) this.pending.delete(from.text);
    for (const key of [...this.rows.keys()].slice(0, Math.max(0, this.rows.size - OUTBOX.mostLetters)))
      this.rows.delete(key);
    return { news: fresh.map(({ id }) => id), pushedOut };
  }

  private putLetter(letter: Letter, order: Instant): Letter[] {
    const now = this.now();
    const row: Row = {
      letter: structuredClone(letter),
      order,
      putAt: now,
      state: 'waiting',
      attempts: 0,
      due: now,
      began: undefined,
      doneAt: undefined,
      log: [],
    };
    this.rows.set(letterKey(letter), row);
    const [oldest, ...rest] = this.queue(letter.notifier);
    if (oldest === undefined || rest.length < OUTBOX.mostWaiting) return [];
    const detail = 'too many messages wait for this notifier';
    this.log(oldest, { attempt: 0, at: now, endedAt: now, result: 'given-up', detail });
    this.done(oldest, 'given-up');
    return [oldest.letter];
  }

  async lanes(): Promise<readonly string[]> {
    return [...new Set(this.inWait().map(({ letter }) => letter.notifier))];
  }

  async claim(notifier: string, leaseMs: number): Promise<Claimed | undefined> {
    const blocked = new Set<string>();
    for (const row of this.queue(notifier)) {
      const execution = row.letter.message.execution?.id;
      if (row.due <= this.now() && (execution === undefined || !blocked.has(execution)))
        return this.begin(row, leaseMs);
      if (execution !== undefined && row.attempts < OUTBOX.patience) blocked.add(execution);
    }
    return undefined;
  }

  private begin(row: Row, leaseMs: number): Claimed {
    if (row.began !== undefined) this.log(row, { attempt: row.attempts, at: row.began, result: 'unknown' });
    row.attempts += 1;
    row.began = this.now();
    row.due = this.now() + leaseMs;
    return { ...structuredClone(row.letter), attempt: row.attempts, putAt: row.putAt };
  }

  async finish(claimed: Claimed, { result, detail, againInMs = 0 }: AttemptResult): Promise<boolean> {
    const row = this.rows.get(letterKey(claimed));
    if (row?.state !== 'waiting') return false;
    if (row.attempts !== claimed.attempt && result !== 'delivered') return false;
    const [at, endedAt] = [row.began ?? this.now(), this.now()];
    const why = detail === undefined || detail === '' ? {} : { detail };
    this.log(row, { attempt: claimed.attempt, at, endedAt, result, ...why });
    row.began = undefined;
    if (result === 'again') row.due = this.now() + againInMs;
    else this.done(row, result);
    return true;
  }

  async reminders(leaseMs: number, limit: number): Promise<readonly Reminder[]> {
    return this.putOff(this.reminding, leaseMs, limit);
  }

  async remind(of: Reminder, at: Instant): Promise<void> {
    this.reminding.set(of, at);
  }

  async forget(of: Reminder): Promise<void> {
    this.reminding.delete(of);
  }

  async take(id: string, taken: Taken, from?: string): Promise<void> {
    this.audit.add(auditOfPerson('taken', id, { ...taken, from }));
    this.takers.set(id, taken);
  }

  async taken(id: string): Promise<Taken | undefined> {
    const taken = this.takers.get(id);
    return taken === undefined || taken.until <= this.now() ? undefined : taken;
  }

  async list({ execution, limit }: LetterFilter): Promise<readonly LetterRecord[]> {
    return [...this.rows.values()]
      .toReversed()
      .filter(({ letter }) => execution === undefined || letter.message.execution?.id === execution)
      .slice(0, limit)
      .map(({ letter, state, putAt, due, doneAt, log }) => ({
        ...letter,
        state,
        putAt,
        ...(state === 'waiting' ? { dueAt: due } : {}),
        ...(doneAt === undefined ? {} : { doneAt }),
        attempts: [...log],
      }));
  }

  async waiting(): Promise<readonly Waiting[]> {
    return (await this.lanes()).toSorted().map((notifier) => {
      const queue = this.queue(notifier);
      return { notifier, count: queue.length, oldestPutAt: queue[0]?.putAt ?? Number.NaN };
    });
  }

  private inWait(): Row[] {
    return [...this.rows.values()].filter(({ state }) => state === 'waiting');
  }

  private queue(notifier: string): Row[] {
    const waiting = this.inWait().filter(({ letter }) => letter.notifier === notifier);
    return waiting.toSorted((a, b) => a.order - b.order || (letterKey(a.letter) < letterKey(b.letter) ? -1 : 1));
  }

  private done(row: Row, state: 'delivered' | 'given-up'): void {
    row.state = state;
    row.doneAt = this.now();
  }

  private log(row: Row, attempt: Attempt): void {
    row.log = [...row.log, attempt].slice(-OUTBOX.mostAttempts);
  }

  private putOff<T extends string>(set: Map<T, Instant>, leaseMs: number, limit: number): T[] {
    const now = this.now();
    const due = [...set].filter(([, at]) => at <= now).sort(([, a], [, b]) => a - b);
    const given = due.slice(0, limit).map(([member]) => member);
    for (const member of given) set.set(member, now + leaseMs);
    return given;
  }
}

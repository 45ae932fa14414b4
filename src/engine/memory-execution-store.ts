import type { Alert, Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import { fired, resolved, type FiringNews } from '../core/episode.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution, Phase } from '../core/execution.js';
import { dueAt } from '../core/next-move.js';
import type { Pause } from '../core/pause.js';
import { recordsOf, repeatDecisions, seenOf, type KeptDecision, type KeptDecisions } from './decision-text.js';
import type {
  Append,
  DecisionFilter,
  DecisionRecord,
  ExecutionFilter,
  ExecutionPage,
  ExecutionStore,
  Opened,
  Receipt,
  Saved,
  Signal,
  Stored,
} from './execution-store.js';
import { wantsDecision, wantsExecution } from './listing.js';
import { MemoryClaims } from './memory-claims.js';

interface Row {
  execution: Execution;
  version: number;
  signals: Signal[];
  journal: JournalEntry[];
  due: Instant | undefined;
}

/** The store of scenario tests: the same answers as Redis, in one process, with the clock of the test. */
export class MemoryExecutionStore implements ExecutionStore {
  private readonly rows = new Map<string, Row>();
  private readonly claims: MemoryClaims;
  private readonly decided: KeptDecisions[] = [];
  private readonly epochs = new Map<string, number>();
  private readonly beats = new Map<string, Instant>();
  private canary: Instant | undefined;
  private readonly listeners = new Set<(id: string) => void>();

  /** @param clock the time of the test, in milliseconds */
  constructor(private readonly clock: () => Instant) {
    this.claims = new MemoryClaims(clock);
  }

  async receive(receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    return receipts.map((receipt) => {
      if (receipt.repeats !== undefined && !this.isRepeat(receipt.alert, receipt.repeats)) return [];
      const kept = frozenCopy({ at: this.clock(), seen: seenOf(receipt), decisions: this.decide(receipt) });
      this.decided.push(kept);
      return recordsOf(kept);
    });
  }

  private decide(receipt: Receipt): KeptDecision[] {
    if (receipt.repeats !== undefined) return repeatDecisions(receipt.repeats);
    return receipt.alert.status === 'firing' ? this.receiveFiring(receipt) : this.receiveResolved(receipt);
  }

  private isRepeat({ fingerprint, startsAt }: Alert, repeats: NonNullable<Receipt['repeats']>): boolean {
    const { open, firstStartsAt, lastStartsAt } = this.claims.episode(fingerprint).facts;
    if (!open || startsAt < firstStartsAt || startsAt > lastStartsAt) return false;
    return repeats.every(({ runbook, executionId }) => {
      const refusal = this.claims.firstRefusal([{ kind: 'episode', fingerprint, runbook, startsAt }], executionId);
      return refusal?.because === 'duplicate' && refusal.executionId === executionId;
    });
  }

  private receiveFiring({ alert, openings, refusals }: Receipt): KeptDecision[] {
    const episode = this.claims.episode(alert.fingerprint);
    const { news, next } = fired(episode.facts, alert.startsAt);
    if (news === 'new') {
      episode.answered.clear();
      for (const row of this.openFor(alert.fingerprint))
        this.signal(row, { type: 'alert-refired', startsAt: alert.startsAt });
    }
    episode.facts = next;
    const decisions: KeptDecision[] = refusals.map((no) => ({ ...no, decision: 'suppressed' }));
    for (const { execution, claims } of openings) {
      decisions.push(this.answer(execution, claims, news, next.tombstone));
    }
    return decisions.length > 0 ? decisions : [{ decision: 'noted', because: 'no-runbook' }];
  }

  private answer(execution: Execution, claims: readonly Claim[], news: FiringNews, tombstone: Instant): KeptDecision {
    const { id, runbook } = execution;
    const refusal =
      news === 'stale' ? ({ because: 'stale', tombstone } as const) : this.claims.firstRefusal(claims, id);
    if (refusal !== undefined) return { runbook, decision: 'suppressed', refusal };
    this.claims.take(claims, id);
    this.create(execution);
    return { runbook, decision: 'opened', executionId: id };
  }

  private receiveResolved({ alert }: Receipt): KeptDecision[] {
    const episode = this.claims.episode(alert.fingerprint);
    const endsAt = alert.endsAt ?? alert.startsAt;
    const { news, next } = resolved(episode.facts, endsAt);
    episode.facts = next;
    if (news === 'noted') return [{ decision: 'noted', detail: 'resolved; not news' }];
    const rows = this.openFor(alert.fingerprint);
    if (rows.length === 0) return [{ decision: 'noted', detail: 'resolved; nothing is open for it' }];
    return rows.map((row) => {
      const { id, runbook, state } = row.execution;
      this.signal(row, { type: 'alert-resolved', endsAt });
      const notBegun = state.phase === 'planning' || state.phase === 'awaiting-approval';
      return { runbook, decision: notBegun ? 'closed' : 'noted', executionId: id, detail: 'the alert resolved' };
    });
  }

  async open(execution: Execution, claims: readonly Claim[]): Promise<Opened> {
    const refusal = this.claims.firstRefusal(claims, execution.id);
    if (refusal !== undefined) return { opened: false, refusal };
    this.claims.take(claims, execution.id);
    this.create(execution);
    return { opened: true };
  }

  async get(id: string): Promise<Stored | undefined> {
    const row = this.rows.get(id);
    if (row === undefined) return undefined;
    const { execution, version, signals } = row;
    return { execution, version, signals: [...signals], targetEpoch: this.epochs.get(execution.target) ?? 0 };
  }

  async append({ before, event, next, at, claims = [] }: Append): Promise<Saved> {
    const row = this.rows.get(next.id);
    if (row === undefined || row.version !== before.version) return { saved: 'stale' };
    const isIntent = event.type === 'apply-intended' || event.type === 'revert-intended';
    if (isIntent && event.intent.epoch <= (this.epochs.get(next.target) ?? 0)) return { saved: 'stale' };
    const refusal = this.claims.firstRefusal(claims, next.id);
    if (refusal !== undefined) return { saved: 'refused', refusal };
    this.claims.take(claims, next.id);
    if (isIntent) this.epochs.set(next.target, event.intent.epoch);
    row.execution = frozenCopy(next);
    row.version += 1;
    row.journal.push(frozenCopy({ seq: row.journal.length + 1, at, event }));
    if (event.type === 'alert-resolved' || event.type === 'alert-refired') row.signals.shift();
    row.due = dueAt(next, at);
    if (next.state.phase === 'closed') this.claims.release(next);
    this.tell(next.id);
    return { saved: 'yes' };
  }

  async holdsEpoch(target: string, epoch: number): Promise<boolean> {
    return (this.epochs.get(target) ?? 0) <= epoch;
  }

  async journal(id: string): Promise<readonly JournalEntry[]> {
    return [...(this.rows.get(id)?.journal ?? [])];
  }

  async list(filter: ExecutionFilter): Promise<ExecutionPage> {
    const newestFirst = [...this.rows.values()].map((row) => row.execution).reverse();
    const from = filter.cursor === undefined ? 0 : newestFirst.findIndex((one) => one.id === filter.cursor) + 1;
    const wanted = newestFirst.slice(from).filter((one) => wantsExecution(filter, one));
    const items = wanted.slice(0, filter.limit);
    const last = items.at(-1);
    return { items, ...(wanted.length > items.length && last ? { cursor: last.id } : {}) };
  }

  async decisions(filter: DecisionFilter): Promise<readonly DecisionRecord[]> {
    const newestFirst = this.decided.toReversed().flatMap(recordsOf);
    return newestFirst.filter((record) => wantsDecision(filter, record)).slice(0, filter.limit);
  }

  async countOpen(): Promise<ReadonlyMap<Phase, number>> {
    const counts = new Map<Phase, number>();
    for (const { execution } of this.rows.values()) {
      const { phase } = execution.state;
      if (phase !== 'closed') counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
    return counts;
  }

  async overdue(graceMs: number, againInMs: number, limit: number): Promise<readonly string[]> {
    const now = this.clock();
    const late = [...this.rows.values()]
      .filter((row) => row.due !== undefined && row.due <= now - graceMs)
      .slice(0, limit);
    for (const row of late) row.due = now + againInMs;
    return late.map((row) => row.execution.id);
  }

  async oldestDue(): Promise<number> {
    const dues = [...this.rows.values()].flatMap((row) => (row.due === undefined ? [] : [row.due]));
    return Math.max(0, this.clock() - Math.min(this.clock(), ...dues));
  }

  async addPause(pause: Pause): Promise<void> {
    this.claims.pauses.set(pause.id, pause);
  }

  async liftPause(id: string): Promise<boolean> {
    return this.claims.pauses.delete(id);
  }

  async pauses(): Promise<readonly Pause[]> {
    return [...this.claims.pauses.values()];
  }

  async beat(owner: string, ttlMs: number): Promise<void> {
    this.beats.set(owner, this.clock() + ttlMs);
  }

  async alive(owner: string): Promise<boolean> {
    return (this.beats.get(owner) ?? 0) > this.clock();
  }

  async noteCanary(sentAt: Instant): Promise<void> {
    this.canary = sentAt;
  }

  async lastCanary(): Promise<Instant | undefined> {
    return this.canary;
  }

  async now(): Promise<Instant> {
    return this.clock();
  }

  watch(changed: (id: string) => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  private create(execution: Execution): void {
    const at = this.clock();
    const copy = frozenCopy(execution);
    const journal: JournalEntry[] = [{ seq: 1, at, event: { type: 'opened', execution: copy } }];
    this.rows.set(execution.id, { execution: copy, version: 1, signals: [], journal, due: at });
    this.tell(execution.id);
  }

  private openFor(fingerprint: string): Row[] {
    return [...this.rows.values()].filter(
      ({ execution }) => execution.alert?.fingerprint === fingerprint && execution.state.phase !== 'closed',
    );
  }

  private signal(row: Row, signal: Signal): void {
    row.signals.push(signal);
    row.version += 1;
    row.due = Math.min(row.due ?? this.clock(), this.clock());
  }

  private tell(id: string): void {
    for (const listener of this.listeners) listener(id);
  }
}

/** What Redis would give back: a copy through JSON that nobody shares. */
function frozenCopy<T>(value: T): T {
  return structuredClone(value);
}

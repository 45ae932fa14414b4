import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution, Phase } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import type { AuditHead, AuditRecord, Doer } from './audit.js';
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
import { wantsExecution } from './listing.js';
import { MemoryAudit } from './memory-audit.js';
import { MemoryClaims } from './memory-claims.js';
import { MemoryExecutions } from './memory-executions.js';
import { MemoryGovernance } from './memory-governance.js';
import { MemoryOutbox } from './memory-outbox.js';
import { MemoryReception } from './memory-reception.js';
import { besides } from './save-besides.js';

/** The store of scenario tests: the same answers as Redis, in one process, with the clock of the test. */
export class MemoryExecutionStore implements ExecutionStore {
  readonly governance: Governance;
  readonly outbox: MemoryOutbox;
  private readonly chain: MemoryAudit;
  private readonly executions: MemoryExecutions;
  private readonly claims: MemoryClaims;
  private readonly reception: MemoryReception;
  private readonly epochs = new Map<string, number>();
  private readonly beats = new Map<string, Instant>();
  private canary: Instant | undefined;

  /** @param clock the time of the test, in milliseconds */
  constructor(private readonly clock: () => Instant) {
    this.chain = new MemoryAudit(clock);
    this.outbox = new MemoryOutbox(clock, this.chain);
    this.executions = new MemoryExecutions(clock, this.chain);
    this.claims = new MemoryClaims({ now: clock, isOpen: (id) => this.executions.isOpen(id) }, this.chain);
    this.reception = new MemoryReception(clock, this.claims, this.executions);
    this.governance = new MemoryGovernance(this.claims, this.chain);
  }

  async receive(receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    return receipts.map((receipt) => this.reception.receive(receipt));
  }

  async open(execution: Execution, claims: readonly Claim[]): Promise<Opened> {
    return this.reception.open(execution, claims);
  }

  async look(claims: readonly Claim[], id: string): Promise<OpeningRefusal | undefined> {
    return this.reception.refusal(claims, id, true);
  }

  async get(id: string): Promise<Stored | undefined> {
    const row = this.executions.get(id);
    if (row === undefined) return undefined;
    const { execution, version, signals } = row;
    return { execution, version, signals: [...signals], targetEpoch: this.epochs.get(execution.target) ?? 0 };
  }

  async append(change: Append): Promise<Saved> {
    const { before, event, next, claims = [] } = change;
    const row = this.executions.get(next.id);
    if (row === undefined || row.version !== before.version) return { saved: 'stale' };
    const isIntent = event.type === 'apply-intended' || event.type === 'revert-intended';
    if (isIntent && event.intent.epoch <= (this.epochs.get(next.target) ?? 0)) return { saved: 'stale' };
    const refusal = this.claims.firstRefusal(claims, next.id);
    if (refusal !== undefined) return { saved: 'refused', refusal };
    this.claims.take(claims, next.id);
    if (isIntent) this.epochs.set(next.target, event.intent.epoch);
    const { due, plugins, moved, serving, tally, news, revertible = false, recoveryPoint } = besides(change);
    this.executions.save(row, change, due);
    this.executions.noteRevertible(next.id, revertible);
    if (recoveryPoint !== undefined) this.claims.trust.noteRecoveryPoint(next.runbook, recoveryPoint);
    const { phase } = next.state;
    const phaseBefore = before.execution.state.phase;
    if (phase === 'closed' || phase === 'holding') this.claims.rest(plugins, next.id);
    if (phase === 'reverting' && phaseBefore !== 'reverting') this.claims.work(plugins, next.id);
    if (moved !== undefined) this.claims.centers.move(moved, next.id);
    if (phase === 'closed' && phaseBefore !== 'closed') {
      this.claims.release(next);
      if (serving !== undefined) this.claims.centers.settle(serving, next.id);
    }
    const lowered = tally && this.claims.trust.score(next.runbook, next.id, tally);
    if (news || lowered !== undefined) {
      const seq = row.journal.length;
      this.outbox.noteAtOnce({
        is: 'saved',
        id: next.id,
        seq,
        at: change.at,
        ...(lowered === undefined ? {} : { lowered }),
      });
    }
    this.executions.tell(next.id);
    return lowered === undefined ? { saved: 'yes' } : { saved: 'yes', lowered };
  }

  async holdsEpoch(target: string, epoch: number): Promise<boolean> {
    return (this.epochs.get(target) ?? 0) <= epoch;
  }

  async journal(id: string): Promise<readonly JournalEntry[]> {
    return [...(this.executions.get(id)?.journal ?? [])];
  }

  async journalLines(id: string): Promise<readonly string[]> {
    return (await this.journal(id)).map((entry) => JSON.stringify(entry));
  }

  async audit(after: number, limit: number): Promise<readonly AuditRecord[]> {
    return this.chain.behind(after, limit);
  }

  async auditHead(): Promise<AuditHead> {
    return this.chain.head();
  }

  async list(filter: ExecutionFilter): Promise<ExecutionPage> {
    const newestFirst = this.executions
      .all()
      .map((row) => row.execution)
      .reverse();
    const from = filter.cursor === undefined ? 0 : newestFirst.findIndex((one) => one.id === filter.cursor) + 1;
    const wanted = newestFirst.slice(from).filter((one) => wantsExecution(filter, one));
    const items = wanted.slice(0, filter.limit);
    const last = items.at(-1);
    return { items, ...(wanted.length > items.length && last ? { cursor: last.id } : {}) };
  }

  async revertible(limit: number): Promise<{ items: Execution[]; total: number }> {
    return this.executions.revertible(limit);
  }

  async decisions(filter: DecisionFilter): Promise<readonly DecisionRecord[]> {
    return this.reception.decisions(filter);
  }

  async alert(fingerprint: string): Promise<KnownAlert | undefined> {
    return this.claims.known(fingerprint);
  }

  async countOpen(): Promise<ReadonlyMap<Phase, number>> {
    const counts = new Map<Phase, number>();
    for (const { execution } of this.executions.all()) {
      const { phase } = execution.state;
      if (phase !== 'closed') counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
    return counts;
  }

  async overdue(graceMs: number, againInMs: number, limit: number): Promise<readonly string[]> {
    const now = this.clock();
    const late = this.executions
      .all()
      .filter((row) => row.due !== undefined && row.due <= now - graceMs)
      .slice(0, limit);
    for (const row of late) row.due = now + againInMs;
    return late.map((row) => row.execution.id);
  }

  async oldestDue(): Promise<number> {
    const dues = this.executions.all().flatMap((row) => (row.due === undefined ? [] : [row.due]));
    return Math.max(0, this.clock() - Math.min(this.clock(), ...dues));
  }

  async addPause(pause: Pause, from?: string): Promise<void> {
    this.claims.pauses.add(pause, from);
    this.outbox.noteAtOnce({ is: 'paused', pause });
  }

  async liftPause(id: string, doer: Doer): Promise<boolean> {
    const pause = this.claims.pauses.lift(id, doer);
    if (pause === undefined) return false;
    const { by, reason } = doer;
    this.outbox.noteAtOnce({ is: 'lifted', pause, by, at: this.clock(), ...(reason === undefined ? {} : { reason }) });
    return true;
  }

  async pauses(): Promise<readonly Pause[]> {
    return this.claims.pauses.inForce();
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
    return this.executions.watch(changed);
  }
}

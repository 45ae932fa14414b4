import type { Instant } from '../core/alert.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { auditOfEvent, openingTexts } from './audit.js';
import type { Append, Signal } from './execution-store.js';
import type { MemoryAudit } from './memory-audit.js';

/** One execution with what belongs to it. */
export interface Row {
  execution: Execution;
  version: number;
  readonly signals: Signal[];
  readonly journal: JournalEntry[];
  due: Instant | undefined;
}

/** The executions of the memory twin with their journals, and who is told when one changes. */
export class MemoryExecutions {
  private readonly rows = new Map<string, Row>();
  private readonly canGoBack = new Set<string>();
  private readonly listeners = new Set<(id: string) => void>();

  /**
   * @param clock the time of the test
   * @param audit where each event is written down
   */
  constructor(
    private readonly clock: () => Instant,
    private readonly audit: MemoryAudit,
  ) {}

  /** Gives one. */
  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  /** All, the oldest first. */
  all(): Row[] {
    return [...this.rows.values()];
  }

  /** Tells whether there is one with this id that is not closed. */
  isOpen(id: string): boolean {
    return (this.rows.get(id)?.execution.state.phase ?? 'closed') !== 'closed';
  }

  /** Those that are open for an alert. */
  openFor(fingerprint: string): Row[] {
    return this.all().filter(
      ({ execution }) => execution.alert?.fingerprint === fingerprint && this.isOpen(execution.id),
    );
  }

  /** Writes a new execution. */
  create(execution: Execution): void {
    const at = this.clock();
    const copy = frozenCopy(execution);
    const journal: JournalEntry[] = [{ seq: 1, at, event: { type: 'opened', execution: copy } }];
    this.audit.add(openingTexts(execution).entry, { seq: 1, at });
    this.rows.set(execution.id, { execution: copy, version: 1, signals: [], journal, due: at });
    this.tell(execution.id);
  }

  /** Writes what an event made of an execution. */
  save(row: Row, { event, next, at }: Append, due: Instant | undefined): void {
    const seq = row.journal.length + 1;
    this.audit.add(auditOfEvent(next.id, event, JSON.stringify(event)), { seq, at });
    row.execution = frozenCopy(next);
    row.version += 1;
    row.journal.push(frozenCopy({ seq, at, event }));
    if (event.type === 'alert-resolved' || event.type === 'alert-refired') row.signals.shift();
    row.due = due;
  }

  /** Notes whether something of it can be taken back. */
  noteRevertible(id: string, revertible: boolean): void {
    this.canGoBack.delete(id);
    if (revertible) this.canGoBack.add(id);
  }

  /** Those of which something can be taken back: the open ones first, and the one that was saved last before others. */
  revertible(limit: number): { items: Execution[]; total: number } {
    const newestFirst = [...this.canGoBack].toReversed();
    const inOrder = [...newestFirst.filter((id) => this.isOpen(id)), ...newestFirst.filter((id) => !this.isOpen(id))];
    const items = inOrder.slice(0, limit).flatMap((id) => this.rows.get(id)?.execution ?? []);
    return { items, total: inOrder.length };
  }

  /** Leaves news of the alert for an execution. */
  signal(row: Row, signal: Signal): void {
    row.signals.push(signal);
    row.version += 1;
    row.due = Math.min(row.due ?? this.clock(), this.clock());
  }

  /** Calls back with the id of each that changes. */
  watch(changed: (id: string) => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  /** Says that one has changed. */
  tell(id: string): void {
    for (const listener of this.listeners) listener(id);
  }
}

/** What Redis would give back: a copy that nobody shares. */
export function frozenCopy<T>(value: T): T {
  return structuredClone(value);
}

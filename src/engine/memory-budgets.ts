import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { MemoryClock } from './memory-clock.js';

type Budget = Extract<Claim, { kind: 'budget' }>;

/** Budgets of the memory twin: an execution counts while it is open, and for the window after it was opened or begun. */
export class MemoryBudgets {
  private readonly entries = new Map<string, Map<string, Instant>>();

  /** @param store the time, and which executions are open */
  constructor(private readonly store: MemoryClock) {}

  /** Says why there is nothing left; what is closed and has left the window is forgotten, unless only looking. */
  refusal(claim: Budget, id: string, looking: boolean): OpeningRefusal | undefined {
    const now = this.store.now();
    const from = now - claim.windowMs;
    const entries = this.entries.get(keyOf(claim)) ?? new Map<string, Instant>();
    if (!looking) {
      for (const [by, at] of entries) if (at <= from && !this.store.isOpen(by)) entries.delete(by);
    }
    const all = [...entries]
      .map(([by, at]) => ({ by, at }))
      .filter(({ by, at }) => by !== id && (at > from || this.store.isOpen(by)))
      .sort((a, b) => a.at - b.at || (a.by < b.by ? -1 : 1));
    if (all.length < claim.limit) return undefined;
    const [first] = all;
    const used = { because: claim.guard, key: claim.key, used: all.length, limit: claim.limit };
    if (first === undefined) return used;
    // the next is free when the oldest leaves the window, unless that is open or too many are in it
    const isKnown = all.length === claim.limit && !this.store.isOpen(first.by);
    const free = isKnown ? { leftMs: first.at + claim.windowMs - now } : {};
    return { ...used, executionId: first.by, ...free };
  }

  /** Counts an execution from now on. */
  take(claim: Budget, id: string): void {
    const entries = this.entries.get(keyOf(claim)) ?? new Map<string, Instant>();
    this.entries.set(keyOf(claim), entries.set(id, this.store.now()));
  }
}

function keyOf({ guard, key }: Budget): string {
  return `${guard}|${key}`;
}

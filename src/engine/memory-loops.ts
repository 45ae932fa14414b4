import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { MemoryClock } from './memory-clock.js';
import { frozenId, type MemoryPauses } from './memory-pauses.js';

type Refires = Extract<Claim, { kind: 'refires' }>;
type Opposite = Extract<Claim, { kind: 'opposite' }>;

/** Loop detection of the memory twin. */
export class MemoryLoops {
  private readonly answers = new Map<string, { id: string; at: Instant }[]>();
  private readonly done = new Map<string, Map<string, { id: string; at: Instant }>>();

  /**
   * @param store the time
   * @param pauses where a frozen target is written down
   */
  constructor(
    private readonly store: MemoryClock,
    private readonly pauses: MemoryPauses,
  ) {}

  /** Refuses an alert that comes back again and again after it was answered. */
  refires(claim: Refires, looking: boolean): OpeningRefusal | undefined {
    const recent = this.recent(claim);
    const last = recent.at(-1);
    if (recent.length < claim.limit || last === undefined) return undefined;
    const reason = `the alert came back ${recent.length} times after it was answered, last by ${last.id}`;
    return this.frozen(claim.target, reason, last.id, looking);
  }

  /** Refuses what would undo what another execution has just done. */
  opposite(claim: Opposite, id: string, looking: boolean): OpeningRefusal | undefined {
    if (!claim.refuse) return undefined;
    const done = this.done.get(claim.target);
    for (const hash of claim.undoes) {
      const by = done?.get(hash);
      if (by === undefined || by.id === id || by.at <= this.store.now() - claim.windowMs) continue;
      return this.frozen(claim.target, `the opposite of what ${by.id} has just done`, by.id, looking);
    }
    return undefined;
  }

  /** Remembers what is done. */
  take(claim: Refires | Opposite, id: string): void {
    const at = this.store.now();
    if (claim.kind === 'refires') {
      this.answers.set(keyOf(claim), [...this.recent(claim).filter((one) => one.id !== id), { id, at }]);
      return;
    }
    const done = this.done.get(claim.target) ?? new Map<string, { id: string; at: Instant }>();
    for (const hash of claim.does) done.set(hash, { id, at });
    this.done.set(claim.target, done);
  }

  private recent(claim: Refires): { id: string; at: Instant }[] {
    const from = this.store.now() - claim.windowMs;
    const recent = (this.answers.get(keyOf(claim)) ?? []).filter(({ at }) => at > from);
    return recent.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  private frozen(target: string, reason: string, executionId: string, looking: boolean): OpeningRefusal {
    const pauseId = looking ? frozenId(target) : this.pauses.freeze(target, reason, executionId);
    return { because: 'loop', pauseId, reason, executionId };
  }
}

function keyOf({ target, fingerprint }: Refires): string {
  return `${target}|${fingerprint}`;
}

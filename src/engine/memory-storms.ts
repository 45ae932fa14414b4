import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { Execution } from '../core/execution.js';
import type { Storm } from './governance.js';
import type { MemoryClock } from './memory-clock.js';

type StormClaim = Extract<Claim, { kind: 'storm' }>;

interface Raging {
  readonly since: Instant;
  calmAt: Instant;
  readonly hit: Map<string, Instant>;
  first?: Execution;
  proposal?: NonNullable<Storm['proposal']>;
}

const MOST_HIT = 10_000;
const MOST_LISTED = 100;

/** Storms of the memory twin. */
export class MemoryStorms {
  private readonly seen = new Map<string, Map<string, Instant>>();
  private readonly raging = new Map<string, Raging>();

  /** @param store the time */
  constructor(private readonly store: MemoryClock) {}

  /** Counts the target, unless only looking, and refuses it in a storm. */
  refusal(claim: StormClaim, looking: boolean): OpeningRefusal | undefined {
    const now = this.store.now();
    const storm = this.storm(claim.key);
    if (storm !== undefined) {
      if (!looking) this.hit(storm, claim);
      return refusalOf(claim.key, storm, now);
    }
    const isOver = this.raging.has(claim.key);
    if (isOver && !looking) this.forget(claim.key);
    const counted = isOver ? [] : (this.seen.get(claim.key) ?? []);
    const seen = new Map([...counted].filter(([, at]) => at > now - claim.windowMs));
    seen.set(claim.target, now);
    if (looking) {
      if (seen.size <= claim.most) return undefined;
      return { because: 'storm', key: claim.key, targets: seen.size, calmInMs: claim.calmMs };
    }
    this.seen.set(claim.key, seen);
    if (seen.size <= claim.most) return undefined;
    const begun: Raging = { since: now, calmAt: now, hit: new Map(seen) };
    this.raging.set(claim.key, begun);
    this.hit(begun, claim);
    return refusalOf(claim.key, begun, now);
  }

  private hit(storm: Raging, claim: StormClaim): void {
    const now = this.store.now();
    storm.calmAt = now + claim.calmMs;
    if (storm.hit.size < MOST_HIT || storm.hit.has(claim.target)) storm.hit.set(claim.target, now);
  }

  /** Refuses while the storm goes on. */
  calm(key: string): OpeningRefusal | undefined {
    const storm = this.storm(key);
    return storm === undefined ? undefined : refusalOf(key, storm, this.store.now());
  }

  /** Remembers the execution that was not opened when the storm broke loose. */
  noteFirst(key: string, execution: Execution): void {
    const storm = this.raging.get(key);
    if (storm !== undefined) storm.first ??= execution;
  }

  /** All that go on, the one that is calm next first. */
  all(): Storm[] {
    let room = MOST_HIT;
    const storms = [...this.raging.keys()].flatMap((key) => {
      const storm = this.storm(key);
      return storm === undefined ? [] : [{ key, ...storm }];
    });
    storms.sort((a, b) => a.calmAt - b.calmAt || (a.key < b.key ? -1 : 1));
    return storms.slice(0, MOST_LISTED).map(({ hit, ...storm }) => {
      const all = [...hit].map(([target, at]) => ({ target, at }));
      const targets = all.toSorted((a, b) => a.at - b.at || (a.target < b.target ? -1 : 1)).slice(0, room);
      room -= targets.length;
      return { ...storm, targets };
    });
  }

  /** Notes a proposal, once. */
  propose(key: string, proposal: NonNullable<Storm['proposal']>): boolean {
    const storm = this.storm(key);
    if (storm === undefined || storm.proposal !== undefined) return false;
    storm.proposal = proposal;
    return true;
  }

  /** A person ends a storm. */
  end(key: string): boolean {
    if (this.storm(key) === undefined) return false;
    this.forget(key);
    return true;
  }

  private forget(key: string): void {
    this.seen.delete(key);
    this.raging.delete(key);
  }

  private storm(key: string): Raging | undefined {
    const storm = this.raging.get(key);
    return storm !== undefined && this.store.now() < storm.calmAt ? storm : undefined;
  }
}

function refusalOf(key: string, { hit, calmAt }: Raging, now: Instant): OpeningRefusal {
  return { because: 'storm', key, targets: hit.size, calmInMs: calmAt - now };
}

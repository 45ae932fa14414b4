import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Storm } from '../engine/governance.js';

type Of<K extends Claim['kind']> = Extract<Claim, { kind: K }>;

/**
 * What the alerts that stand earlier in a payload would have taken by the time that a later one is looked at. Nothing of
 * it is anywhere but here.
 */
export class Imagined {
  private readonly taken = new Map<string, Claim[]>();
  /** Targets that would have been counted, by the key of the storm. */
  private readonly hit = new Map<string, Set<string>>();

  /**
   * @param store is only looked at
   * @param storms those that go on
   */
  constructor(
    private readonly store: Pick<ExecutionStore, 'look'>,
    private readonly storms: readonly Storm[],
  ) {}

  /** Says what would be refused: by what is there, or by what would be there by then. */
  async look(claims: readonly Claim[], id: string): Promise<OpeningRefusal | undefined> {
    const refused = claims.map((claim) => this.own(claim));
    const first = refused.findIndex((refusal) => refusal !== undefined);
    const before = (first < 0 ? claims : claims.slice(0, first)).map((claim) => this.narrowed(claim));
    const refusal = before.length === 0 ? undefined : await this.store.look(before, id);
    const said = refusal === undefined ? refused[first] : this.widened(refusal, claims);
    await this.count(claims, said, id);
    return said;
  }

  /** An execution would be opened with these. */
  take(claims: readonly Claim[], id: string): void {
    this.taken.set(id, [...claims]);
  }

  /** What only one can have. */
  private own(claim: Claim): OpeningRefusal | undefined {
    if (claim.kind === 'exclusive') {
      const executionId = this.takerOf((one) => one.kind === 'exclusive' && one.target === claim.target);
      return executionId === undefined ? undefined : { because: 'target-busy', executionId };
    }
    if (claim.kind !== 'episode') return undefined;
    const { fingerprint, runbook } = claim;
    const executionId = this.takerOf(
      (one) => one.kind === 'episode' && one.fingerprint === fingerprint && one.runbook === runbook,
    );
    return executionId === undefined ? undefined : { because: 'duplicate', executionId };
  }

  private takerOf(isIt: (claim: Claim) => boolean): string | undefined {
    return [...this.taken].find(([, claims]) => claims.some(isIt))?.[0];
  }

  /** Leaves as much as would be left. */
  private narrowed(claim: Claim): Claim {
    if (claim.kind === 'budget') return { ...claim, limit: claim.limit - this.takersOf(claim.guard, claim.key).length };
    if (claim.kind === 'storm') return { ...claim, most: claim.most - this.hitBeside(claim) };
    return claim;
  }

  /** Gives the numbers as they would be said. */
  private widened(refusal: OpeningRefusal, claims: readonly Claim[]): OpeningRefusal {
    switch (refusal.because) {
      case 'rate':
      case 'blast-radius':
      case 'change-budget': {
        const takers = this.takersOf(refusal.because, refusal.key);
        const { used, limit } = refusal;
        const executionId = refusal.executionId ?? takers[0];
        const by = executionId === undefined ? {} : { executionId };
        return { ...refusal, used: used + takers.length, limit: limit + takers.length, ...by };
      }
      case 'storm': {
        const storm = claims.find((claim) => claim.kind === 'storm');
        if (storm === undefined) return refusal;
        const raging = this.raging(storm.key);
        // one more target would keep it going for as long again
        const more = raging === undefined ? {} : { calmInMs: storm.calmMs };
        const own = raging === undefined || raging.has(storm.target) ? 0 : 1;
        return { ...refusal, targets: refusal.targets + own + this.hitBeside(storm), ...more };
      }
      case 'stale':
      case 'duplicate':
      case 'paused':
      case 'target-busy':
      case 'cooldown':
      case 'loop':
      case 'conflict':
      case 'capacity':
        return refusal;
    }
  }

  private takersOf(guard: string, key: string): string[] {
    const isIt = (one: Claim): boolean => one.kind === 'budget' && one.guard === guard && one.key === key;
    return [...this.taken].flatMap(([id, claims]) => (claims.some(isIt) ? [id] : []));
  }

  private hitBeside({ key, target }: Of<'storm'>): number {
    const hit = this.hit.get(key);
    return hit === undefined ? 0 : hit.size - (hit.has(target) ? 1 : 0);
  }

  /** A target counts for a storm also when something behind that refuses. */
  private async count(claims: readonly Claim[], refusal: OpeningRefusal | undefined, id: string): Promise<void> {
    const storm = claims.find((claim) => claim.kind === 'storm');
    if (storm === undefined || refusal?.because === 'duplicate' || refusal?.because === 'paused') return;
    const counted = await this.isCounted(storm, id);
    if (!counted) this.hit.set(storm.key, (this.hit.get(storm.key) ?? new Set()).add(storm.target));
  }

  private raging(key: string): ReadonlySet<string> | undefined {
    const storm = this.storms.find((one) => one.key === key);
    return storm && new Set(storm.targets.map(({ target }) => target));
  }

  /** Whoever counts already is not counted once more: then leaving it out makes the number smaller. */
  private async isCounted(storm: Of<'storm'>, id: string): Promise<boolean> {
    const raging = this.raging(storm.key);
    if (raging !== undefined) return raging.has(storm.target);
    const targets = async (target: string): Promise<number> => {
      const refusal = await this.store.look([{ ...storm, target, most: -1 }], id);
      return refusal?.because === 'storm' ? refusal.targets : 0;
    };
    return (await targets(storm.target)) < (await targets(''));
  }
}

import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { ClaimRefusal } from '../core/claim-refusal.js';
import { NO_EPISODE, type Episode } from '../core/episode.js';
import type { Execution } from '../core/execution.js';
import { pauses, type Pause } from '../core/pause.js';

/** What is known of one alert's incidents and which runbooks have answered the present one. */
export interface KnownEpisode {
  facts: Episode;
  readonly answered: Map<string, { id: string; closedAt?: Instant }>;
}

/** Claims of the memory twin; the same rules as lua/shared.lua. */
export class MemoryClaims {
  readonly pauses = new Map<string, Pause>();
  private readonly episodes = new Map<string, KnownEpisode>();
  private readonly holders = new Map<string, string>();
  private readonly intervals = new Map<string, { id: string; until: Instant }>();
  private readonly budgets = new Map<string, { id: string; at: Instant }[]>();

  /** @param clock the time of the test */
  constructor(private readonly clock: () => Instant) {}

  /** Gives what is known of an alert's incidents. */
  episode(fingerprint: string): KnownEpisode {
    let known = this.episodes.get(fingerprint);
    if (known === undefined) {
      known = { facts: NO_EPISODE, answered: new Map() };
      this.episodes.set(fingerprint, known);
    }
    return known;
  }

  /** Gives the first claim that can't be taken, as a refusal. */
  firstRefusal(claims: readonly Claim[], id: string): ClaimRefusal | undefined {
    for (const claim of claims) {
      const refusal = this.refusalOf(claim, id);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  private refusalOf(claim: Claim, id: string): ClaimRefusal | undefined {
    const now = this.clock();
    switch (claim.kind) {
      case 'episode': {
        const answer = this.episode(claim.fingerprint).answered.get(claim.runbook);
        if (answer === undefined) return undefined;
        if (answer.closedAt !== undefined && claim.startsAt > answer.closedAt) return undefined;
        return { because: 'duplicate', executionId: answer.id };
      }
      case 'exclusive': {
        const holder = this.holders.get(claim.target);
        return holder === undefined || holder === id ? undefined : { because: 'target-busy', executionId: holder };
      }
      case 'interval': {
        const last = this.intervals.get(claim.key);
        if (last === undefined || last.until <= now) return undefined;
        return { because: 'cooldown', leftMs: last.until - now, executionId: last.id };
      }
      case 'budget':
        return this.budgetRefusal(claim, now);
      case 'unpaused': {
        const pause = [...this.pauses.values()].find((one) => pauses(one, claim.scopes, now));
        return pause === undefined ? undefined : { because: 'paused', scope: pause.scope, reason: pause.reason };
      }
    }
  }

  private budgetRefusal(claim: Extract<Claim, { kind: 'budget' }>, now: Instant): ClaimRefusal | undefined {
    const within = (this.budgets.get(claim.key) ?? []).filter((one) => one.at > now - claim.windowMs);
    this.budgets.set(claim.key, within);
    if (within.length < claim.limit) return undefined;
    const [because = '', ...key] = claim.key.split('|');
    const leftMs = (within[0]?.at ?? now) + claim.windowMs - now;
    return {
      because: because === 'rate' ? 'rate' : 'blast-radius',
      key: key.join('|'),
      used: within.length,
      limit: claim.limit,
      leftMs,
    };
  }

  /** Takes claims that were checked before. */
  take(claims: readonly Claim[], id: string): void {
    const now = this.clock();
    for (const claim of claims) {
      switch (claim.kind) {
        case 'episode':
          this.episode(claim.fingerprint).answered.set(claim.runbook, { id });
          break;
        case 'exclusive':
          this.holders.set(claim.target, id);
          break;
        case 'interval':
          this.intervals.set(claim.key, { id, until: now + claim.ms });
          break;
        case 'budget':
          this.budgets.set(claim.key, [...(this.budgets.get(claim.key) ?? []), { id, at: now }]);
          break;
        case 'unpaused':
          break;
      }
    }
  }

  /** Lets go of the target and notes when the episode's answer ended. */
  release(execution: Execution): void {
    if (this.holders.get(execution.target) === execution.id) this.holders.delete(execution.target);
    const { alert, runbook, id } = execution;
    if (alert === undefined) return;
    const answer = this.episode(alert.fingerprint).answered.get(runbook);
    if (answer?.id === id) answer.closedAt = this.clock();
  }
}

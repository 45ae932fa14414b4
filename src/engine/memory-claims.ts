import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { ClaimRefusal } from '../core/claim-refusal.js';
import { NO_EPISODE, type Episode } from '../core/episode.js';
import type { Execution } from '../core/execution.js';
import type { KnownAlert } from './execution-store.js';
import type { MemoryClock } from './memory-clock.js';
import { MemoryBudgets } from './memory-budgets.js';
import { MemoryCenters } from './memory-centers.js';
import type { MemoryAudit } from './memory-audit.js';
import { MemoryLoops } from './memory-loops.js';
import { MemoryPauses } from './memory-pauses.js';
import { MemoryStorms } from './memory-storms.js';
import { MemoryTrust } from './memory-trust.js';

/** What is known of one alert's incidents and which runbooks have answered the present one. */
export interface KnownEpisode {
  facts: Episode;
  readonly answered: Map<string, { id: string; closedAt?: Instant }>;
}

/** Claims of the memory twin; the same rules as lua/claims.lua. */
export class MemoryClaims {
  readonly pauses: MemoryPauses;
  readonly storms: MemoryStorms;
  readonly centers: MemoryCenters;
  readonly trust: MemoryTrust;
  private readonly budgets: MemoryBudgets;
  private readonly loops: MemoryLoops;
  private readonly episodes = new Map<string, KnownEpisode>();
  private readonly holders = new Map<string, string>();
  private readonly intervals = new Map<string, { id: string; at: Instant }>();
  private readonly atWork = new Map<string, Map<string, Instant>>();

  /**
   * @param store the time of the test, and which executions are open
   * @param audit where it is written down that a target is frozen
   */
  constructor(
    private readonly store: MemoryClock,
    audit: MemoryAudit,
  ) {
    this.pauses = new MemoryPauses(() => store.now(), audit);
    this.storms = new MemoryStorms(store);
    this.centers = new MemoryCenters(() => store.now());
    this.budgets = new MemoryBudgets(store);
    this.loops = new MemoryLoops(store, this.pauses);
    this.trust = new MemoryTrust(store);
  }

  /** Gives what is known of an alert's incidents. */
  episode(fingerprint: string): KnownEpisode {
    let known = this.episodes.get(fingerprint);
    if (known === undefined) {
      known = { facts: NO_EPISODE, answered: new Map() };
      this.episodes.set(fingerprint, known);
    }
    return known;
  }

  /** Says what is known of an alert, for a reader. */
  known(fingerprint: string): KnownAlert | undefined {
    const known = this.episodes.get(fingerprint);
    if (known === undefined || known.facts === NO_EPISODE) return undefined;
    const answers = [...known.answered].map(([runbook, { id, ...rest }]) => ({ runbook, executionId: id, ...rest }));
    return { episode: known.facts, answers: answers.toSorted((a, b) => (a.runbook < b.runbook ? -1 : 1)) };
  }

  /** Gives the first claim that can't be taken, as a refusal; when only looking nothing is marked. */
  firstRefusal(claims: readonly Claim[], id: string, looking = false): ClaimRefusal | undefined {
    for (const claim of claims) {
      const refusal = this.refusalOf(claim, id, looking);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  private refusalOf(claim: Claim, id: string, looking: boolean): ClaimRefusal | undefined {
    const now = this.store.now();
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
        const last = this.intervals.get(claim.target);
        if (last === undefined || last.id === id || claim.except?.includes(last.id) === true) return undefined;
        const leftMs = last.at + claim.ms - now;
        return leftMs > 0 ? { because: 'cooldown', leftMs, executionId: last.id } : undefined;
      }
      case 'budget':
        return this.budgets.refusal(claim, id, looking);
      case 'unpaused': {
        const pause = this.pauses.pausing(claim.scopes);
        return pause === undefined ? undefined : { because: 'paused', scope: pause.scope, reason: pause.reason };
      }
      case 'storm':
        return this.storms.refusal(claim, looking);
      case 'calm':
        return this.storms.calm(claim.key);
      case 'refires':
        return this.loops.refires(claim, looking);
      case 'opposite':
        return this.loops.opposite(claim, id, looking);
      case 'compatible':
        return this.conflict(claim.opponents, id);
      case 'serving':
        return this.centers.refusal(claim, id);
      case 'trusted':
        return this.trust.refusal(claim);
    }
  }

  private conflict(opponents: readonly string[], id: string): ClaimRefusal | undefined {
    for (const plugin of opponents) {
      const [other] = [...(this.atWork.get(plugin) ?? [])]
        .filter(([one]) => one !== id && this.store.isOpen(one))
        .sort(([one, since], [two, later]) => since - later || (one < two ? -1 : 1));
      if (other !== undefined) return { because: 'conflict', plugin, executionId: other[0] };
    }
    return undefined;
  }

  /** Takes claims that were checked before. */
  take(claims: readonly Claim[], id: string): void {
    const now = this.store.now();
    for (const claim of claims) {
      switch (claim.kind) {
        case 'episode':
          this.episode(claim.fingerprint).answered.set(claim.runbook, { id });
          break;
        case 'exclusive':
          this.holders.set(claim.target, id);
          break;
        case 'interval':
          this.intervals.set(claim.target, { id, at: now });
          break;
        case 'budget':
          this.budgets.take(claim, id);
          break;
        case 'refires':
        case 'opposite':
          this.loops.take(claim, id);
          break;
        case 'compatible':
          if (!claim.look) this.work(claim.plugins, id);
          break;
        case 'serving':
          if (!claim.look) this.centers.take(claim.out, id);
          break;
        case 'unpaused':
        case 'storm':
        case 'calm':
        case 'trusted':
          break;
      }
    }
  }

  /** These plugins are at work for an execution. */
  work(plugins: readonly string[], id: string): void {
    for (const plugin of plugins) {
      const working = this.atWork.get(plugin) ?? new Map<string, Instant>();
      this.atWork.set(plugin, working.set(id, working.get(id) ?? this.store.now()));
    }
  }

  /** These plugins rest again. */
  rest(plugins: readonly string[], id: string): void {
    for (const plugin of plugins) this.atWork.get(plugin)?.delete(id);
  }

  /** Lets go of the target and notes when the episode's answer ended. */
  release(execution: Execution): void {
    if (this.holders.get(execution.target) === execution.id) this.holders.delete(execution.target);
    const { alert, runbook, id } = execution;
    if (alert === undefined) return;
    const answer = this.episode(alert.fingerprint).answered.get(runbook);
    if (answer?.id === id) answer.closedAt = this.store.now();
  }
}

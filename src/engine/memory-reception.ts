import type { Alert, Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import { fired, resolved, type FiringNews } from '../core/episode.js';
import type { Execution } from '../core/execution.js';
import {
  ownDecisions,
  recordsOf,
  repeatDecisions,
  seenOf,
  type KeptDecision,
  type KeptDecisions,
} from './decision-text.js';
import type { DecisionFilter, DecisionRecord, Opened, Receipt } from './execution-store.js';
import { wantsDecision } from './listing.js';
import type { MemoryClaims } from './memory-claims.js';
import { frozenCopy, type MemoryExecutions } from './memory-executions.js';

/** How the memory twin takes in alerts and opens executions; the same rules as lua/receive.lua. */
export class MemoryReception {
  private readonly decided: KeptDecisions[] = [];

  /**
   * @param clock the time of the test
   * @param claims what is taken
   * @param executions what is opened
   */
  constructor(
    private readonly clock: () => Instant,
    private readonly claims: MemoryClaims,
    private readonly executions: MemoryExecutions,
  ) {}

  /** Takes in one alert. */
  receive(receipt: Receipt): DecisionRecord[] {
    if (receipt.repeats !== undefined && !this.isRepeat(receipt.alert, receipt.repeats)) return [];
    const kept = frozenCopy({ at: this.clock(), seen: seenOf(receipt), decisions: this.decide(receipt) });
    this.decided.push(kept);
    return recordsOf(kept);
  }

  /** Checks and takes claims and opens an execution. */
  open(execution: Execution, claims: readonly Claim[]): Opened {
    const refusal = this.refusal(claims, execution.id);
    if (refusal?.because === 'storm') this.claims.storms.noteFirst(refusal.key, execution);
    if (refusal !== undefined) return { opened: false, refusal };
    this.executions.create(execution);
    this.claims.trust.fired(execution.runbook);
    this.claims.take(claims, execution.id);
    return { opened: true };
  }

  /** Says which claim cannot be taken; an opening claims no trust, so that there is no answer about it. */
  refusal(claims: readonly Claim[], id: string, looking = false): OpeningRefusal | undefined {
    const refusal = this.claims.firstRefusal(claims, id, looking);
    if (refusal?.because === 'not-trusted') throw new Error('trust is claimed by what is open, never by an opening');
    return refusal;
  }

  /** Lists decisions, the newest first. */
  decisions(filter: DecisionFilter): DecisionRecord[] {
    const newestFirst = this.decided.toReversed().flatMap(recordsOf);
    return newestFirst.filter((record) => wantsDecision(filter, record)).slice(0, filter.limit);
  }

  private decide(receipt: Receipt): KeptDecision[] {
    if (receipt.repeats !== undefined) return repeatDecisions(receipt.repeats);
    return receipt.alert.status === 'firing' ? this.firing(receipt) : this.resolved(receipt);
  }

  private isRepeat({ fingerprint, startsAt }: Alert, repeats: NonNullable<Receipt['repeats']>): boolean {
    const { open, firstStartsAt, lastStartsAt } = this.claims.episode(fingerprint).facts;
    if (!open || startsAt < firstStartsAt || startsAt > lastStartsAt) return false;
    return repeats.every(({ runbook, executionId }) => {
      const refusal = this.claims.firstRefusal([{ kind: 'episode', fingerprint, runbook, startsAt }], executionId);
      return refusal?.because === 'duplicate' && refusal.executionId === executionId;
    });
  }

  private firing(receipt: Receipt): KeptDecision[] {
    const { alert, openings } = receipt;
    const { startsAt } = alert;
    const episode = this.claims.episode(alert.fingerprint);
    const { news, next } = fired(episode.facts, startsAt);
    if (news === 'new') {
      episode.answered.clear();
      for (const row of this.executions.openFor(alert.fingerprint))
        this.executions.signal(row, { type: 'alert-refired', startsAt });
    }
    episode.facts = next;
    const answers = openings.map(({ execution, claims }) => this.answer(execution, claims, news, next.tombstone));
    return [...ownDecisions(receipt), ...answers];
  }

  private answer(execution: Execution, claims: readonly Claim[], news: FiringNews, tombstone: Instant): KeptDecision {
    const { id, runbook } = execution;
    const because = 'stale';
    if (news === 'stale') return { runbook, decision: 'suppressed', refusal: { because, tombstone } };
    const opened = this.open(execution, claims);
    if (!opened.opened) return { runbook, decision: 'suppressed', refusal: opened.refusal };
    return { runbook, decision: 'opened', executionId: id };
  }

  private resolved({ alert }: Receipt): KeptDecision[] {
    const episode = this.claims.episode(alert.fingerprint);
    const endsAt = alert.endsAt ?? alert.startsAt;
    const { news, next } = resolved(episode.facts, endsAt);
    episode.facts = next;
    if (news === 'noted') return [{ decision: 'noted', detail: 'resolved; not news' }];
    const rows = this.executions.openFor(alert.fingerprint);
    if (rows.length === 0) return [{ decision: 'noted', detail: 'resolved; nothing is open for it' }];
    return rows.map((row) => {
      const { id, runbook, state } = row.execution;
      this.executions.signal(row, { type: 'alert-resolved', endsAt });
      const notBegun = state.phase === 'planning' || state.phase === 'awaiting-approval';
      return { runbook, decision: notBegun ? 'closed' : 'noted', executionId: id, detail: 'the alert resolved' };
    });
  }
}

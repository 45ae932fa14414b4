import { Injectable, Inject } from '@nestjs/common';
import type { Alert, Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { decide, type Decision } from '../core/decide.js';
import { FirebreakError } from '../core/errors.js';
import { explainNoRunbook } from '../core/explain-match.js';
import { openExecution } from '../core/open.js';
import type { DecisionRecord, ExecutionStore, Receipt } from '../engine/execution-store.js';
import type { Wakeups } from '../engine/wakeups.js';
import { CLOCK, STORE, WAKEUPS } from '../parts.js';
import { Metrics } from '../telemetry/metrics.js';
import { Answered } from './answered.js';
import { Basis, type Based } from './basis.js';
import { newId } from './new-id.js';
import type { ReadPayload } from './read-payload.js';

/** What became of one webhook. */
export interface Received {
  readonly receiptId: string;
  readonly alerts: readonly { readonly alert: Alert; readonly decisions: readonly DecisionRecord[] }[];
}

/** One webhook on its way: all its alerts are decided at one moment, on one basis. */
interface Delivery {
  readonly receiptId: string;
  readonly source: string;
  readonly now: Instant;
  readonly basis: Based;
}

/** More webhooks at once than this are sent away with 503, which Alertmanager tries again. */
const MOST_AT_ONCE = 1_000;

/** Takes alerts in: decides about each, hands all to the store in one round trip, and rings for what was opened. */
@Injectable()
export class Intake {
  private underWay = 0;
  private readonly answered = new Answered();

  constructor(
    private readonly basis: Basis,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(WAKEUPS) private readonly wakeups: Wakeups,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Takes in the alerts of one body. When it returns, every alert is kept with its decisions.
   *
   * @throws FirebreakError `store-unavailable` or `overloaded` when nothing was kept for sure; sending the same again is safe
   */
  async receive(payload: Extract<ReadPayload, { ok: true }>): Promise<Received> {
    if (this.underWay >= MOST_AT_ONCE) throw new FirebreakError('overloaded', 'too many webhooks at once');
    this.underWay++;
    try {
      const now = this.clock.now();
      const receiptId = newId('r', now);
      const basis = await orUnavailable(this.basis.now());
      const delivery = { receiptId, source: payload.source, now, basis };
      const receipts = payload.alerts.map((alert) => this.receiptFor(alert, delivery));
      const decisions = receipts.length === 0 ? [] : await orUnavailable(this.keep(receipts, delivery));
      this.metrics.received(receipts, decisions);
      this.ringFor(decisions, now);
      return { receiptId, alerts: payload.alerts.map((alert, i) => ({ alert, decisions: decisions[i] ?? [] })) };
    } finally {
      this.underWay--;
    }
  }

  private receiptFor(alert: Alert, { receiptId, source, now, basis }: Delivery): Receipt {
    const receipt: Receipt = { receiptId, source, alert, openings: [], refusals: [] };
    if (alert.status === 'resolved') return receipt;
    const { index, runbooks, circumstances } = basis;
    const candidates = index.candidates(alert.labels);
    const names = candidates.map((runbook) => runbook.name);
    const repeats = this.answered.repeats(alert.fingerprint, names);
    if (repeats !== undefined) return { ...receipt, repeats };
    if (candidates.length === 0)
      return { ...receipt, unmatched: explainNoRunbook([...runbooks.values()], alert.labels) };
    const decided = decide(alert, candidates, now, circumstances);
    const openings = decided.flatMap((decision) => {
      if (!decision.run) return [];
      const { runbook, target, orders, claims } = decision;
      const opening = { id: newId('x', now), runbook, target, orders, alert, receivedAt: now };
      return [
        { execution: openExecution({ ...opening, trigger: 'alert', requestedBy: source, dryRun: false }, now), claims },
      ];
    });
    return { ...receipt, openings, refusals: decided.flatMap(refusalOf) };
  }

  /** What was taken for a repeat and is none is handed in again, this time in full. */
  private async keep(receipts: readonly Receipt[], delivery: Delivery): Promise<DecisionRecord[][]> {
    const decisions = await this.store.receive(receipts);
    for (const [i, receipt] of receipts.entries()) {
      const made = decisions[i] ?? [];
      if (made.length === 0) this.answered.forget(receipt.alert.fingerprint, receipt.repeats ?? []);
      else if (receipt.repeats === undefined) this.answered.learn(made);
    }
    const undecided = receipts.filter((_, i) => decisions[i]?.length === 0);
    if (undecided.length === 0) return decisions;
    const again = undecided.map(({ alert }) => this.receiptFor(alert, delivery));
    const second = await this.keep(again, delivery);
    return decisions.map((made) => (made.length > 0 ? made : (second.shift() ?? [])));
  }

  /** Not awaited: the answer must not wait for the queue, and a bell that is lost is found by the sweeper. */
  private ringFor(decisions: readonly DecisionRecord[][], now: Instant): void {
    for (const { decision, executionId } of decisions.flat()) {
      if (executionId === undefined || decision === 'suppressed') continue;
      this.wakeups.ring(executionId, now).catch(() => this.metrics.wakeupFailed());
    }
  }
}

async function orUnavailable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new FirebreakError('store-unavailable', error instanceof Error ? error.message : String(error));
  }
}

function refusalOf(decision: Decision): Receipt['refusals'] {
  if (decision.run) return [];
  const { runbook, because, detail } = decision;
  return [{ runbook, because, detail }];
}

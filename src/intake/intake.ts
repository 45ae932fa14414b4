import { Injectable, Inject } from '@nestjs/common';
import type { Alert, Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { decide, type Decision } from '../core/decide.js';
import { FirebreakError } from '../core/errors.js';
import { explainNoRunbook } from '../core/explain-match.js';
import { openExecution } from '../core/open.js';
import { messageOf } from '../core/message-of.js';
import type { DecisionRecord, ExecutionStore, Receipt } from '../engine/execution-store.js';
import type { Wakeups } from '../engine/wakeups.js';
import { CLOCK, STORE, WAKEUPS } from '../parts.js';
import { Metrics } from '../telemetry/metrics.js';
import { noteReceived, openingSpan, type OpeningSpan } from '../telemetry/opening-span.js';
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
  /** Fingerprints that stand in it more than once: what each of these alerts is depends on the ones before. */
  readonly twice: ReadonlySet<string>;
  /** By the ids of executions that may be opened. */
  readonly openings: Map<string, OpeningSpan>;
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
      const twice = twiceIn(payload.alerts);
      const delivery: Delivery = { receiptId, source: payload.source, now, basis, twice, openings: new Map() };
      const receipts = payload.alerts.map((alert) => this.receiptFor(alert, delivery));
      const decisions = receipts.length === 0 ? [] : await orUnavailable(this.keep(receipts, delivery));
      this.metrics.received(receipts, decisions);
      traceOpenings(receipts, decisions, delivery);
      this.ringFor(decisions, now);
      return { receiptId, alerts: payload.alerts.map((alert, i) => ({ alert, decisions: decisions[i] ?? [] })) };
    } finally {
      this.underWay--;
    }
  }

  private receiptFor(alert: Alert, delivery: Delivery): Receipt {
    const { receiptId, source, now, basis, twice } = delivery;
    const receipt: Receipt = { receiptId, source, alert, openings: [], refusals: [] };
    if (alert.status === 'resolved') return receipt;
    const { index, runbooks, circumstances } = basis;
    const candidates = index.candidates(alert.labels);
    const names = candidates.map((runbook) => runbook.name);
    const repeats = twice.has(alert.fingerprint) ? undefined : this.answered.repeats(alert.fingerprint, names);
    if (repeats !== undefined) return { ...receipt, repeats };
    if (candidates.length === 0)
      return { ...receipt, unmatched: explainNoRunbook([...runbooks.values()], alert.labels) };
    const decided = decide(alert, candidates, now, circumstances);
    const openings = decided.flatMap((decision) => {
      if (!decision.run) return [];
      const { runbook, target, orders, claims } = decision;
      const opening = { id: newId('x', now), runbook, target, orders, alert, receivedAt: now };
      const span = openingSpan(opening);
      delivery.openings.set(opening.id, span);
      const why = { trigger: 'alert', requestedBy: source, dryRun: false, ...span.begins } as const;
      return [{ execution: openExecution({ ...opening, ...why }, now), claims }];
    });
    return { ...receipt, openings, refusals: decided.flatMap(refusalOf) };
  }

  /**
   * Repeats are looked at first. The rest is handed in together and in the order of the webhook, with what was taken for a
   * repeat and is none.
   */
  private async keep(receipts: readonly Receipt[], delivery: Delivery): Promise<DecisionRecord[][]> {
    const looked = receipts.filter(({ repeats }) => repeats !== undefined);
    if (looked.length === 0) return this.keepAll(receipts);
    const made = await this.store.receive(looked);
    const known = new Map(looked.map((receipt, i) => [receipt, made[i] ?? []] as const));
    for (const [{ alert, repeats = [] }, decisions] of known)
      if (decisions.length === 0) this.answered.forget(alert.fingerprint, repeats);
    const isSettled = (receipt: Receipt): boolean => (known.get(receipt) ?? []).length > 0;
    const rest = receipts.filter((receipt) => !isSettled(receipt));
    if (rest.length === 0) return made;
    const again = rest.map((receipt) => (known.has(receipt) ? this.receiptFor(receipt.alert, delivery) : receipt));
    const decided = await this.keep(again, delivery);
    return receipts.map((receipt) => (isSettled(receipt) ? known.get(receipt) : decided.shift()) ?? []);
  }

  private async keepAll(receipts: readonly Receipt[]): Promise<DecisionRecord[][]> {
    const decisions = await this.store.receive(receipts);
    for (const made of decisions) this.answered.learn(made);
    return decisions;
  }

  /** Not awaited: the answer must not wait for the queue, and a bell that is lost is found by the sweeper. */
  private ringFor(decisions: readonly DecisionRecord[][], now: Instant): void {
    for (const { decision, executionId } of decisions.flat()) {
      if (executionId === undefined || decision === 'suppressed') continue;
      this.wakeups.ring(executionId, now).catch(() => this.metrics.wakeupFailed());
    }
  }
}

/** Only the store says which of them were opened. */
function traceOpenings(
  receipts: readonly Receipt[],
  decisions: readonly DecisionRecord[][],
  { openings }: Delivery,
): void {
  let opened = 0;
  if (openings.size > 0)
    for (const [i, ofAlert] of decisions.entries())
      for (const { decision, executionId = '', because, runbook } of ofAlert) {
        if (decision === 'opened') {
          opened += 1;
          openings.get(executionId)?.opened();
        } else if (because === 'storm') {
          const stopped = receipts[i]?.openings.find(({ execution }) => execution.runbook === runbook);
          openings.get(stopped?.execution.id ?? '')?.stopped();
        }
      }
  noteReceived(decisions, opened);
}

function twiceIn(alerts: readonly Alert[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(
    alerts.flatMap(({ fingerprint }) => {
      const again = seen.has(fingerprint);
      seen.add(fingerprint);
      return again ? [fingerprint] : [];
    }),
  );
}

async function orUnavailable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new FirebreakError('store-unavailable', messageOf(error));
  }
}

function refusalOf(decision: Decision): Receipt['refusals'] {
  if (decision.run) return [];
  const { runbook, because, detail } = decision;
  return [{ runbook, because, detail }];
}

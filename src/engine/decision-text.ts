import type { Labels } from '../core/alert.js';
import { explain, type OpeningRefusal } from '../core/claim-refusal.js';
import type { Suppression } from '../core/claim.js';
import type { DecisionRecord, Receipt } from './execution-store.js';

/** The facts about an alert that stand in each of its decision records. */
export type Seen = Pick<
  DecisionRecord,
  'receiptId' | 'source' | 'fingerprint' | 'alertname' | 'status' | 'startsAt' | 'labels'
>;

/** Label sets that are longer than this are not kept with decisions. */
const LONGEST_LABELS = 1_500;

/** A decision as the stores keep it: a refusal by its numbers, turned into a sentence when it is read. */
export interface KeptDecision {
  readonly runbook?: string;
  readonly decision: DecisionRecord['decision'];
  readonly because?: Suppression;
  readonly detail?: string;
  readonly executionId?: string;
  readonly refusal?: OpeningRefusal;
}

/** All decisions about one alert of one webhook. */
export interface KeptDecisions {
  readonly at: number;
  readonly seen: Seen;
  readonly decisions: readonly KeptDecision[];
}

/** Picks what a decision record says about its alert. */
export function seenOf({ receiptId, source, alert, repeats }: Receipt): Seen {
  const { fingerprint, status, startsAt, labels } = alert;
  const seen = { receiptId, source, fingerprint, alertname: labels['alertname'] ?? '', status, startsAt };
  return repeats === undefined && lengthOf(labels) <= LONGEST_LABELS ? { ...seen, labels } : seen;
}

function lengthOf(labels: Labels): number {
  return Object.entries(labels).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/** What is decided without the store's help: the refusals, or that there is no runbook. */
export function ownDecisions({ openings, refusals, unmatched }: Receipt): KeptDecision[] {
  if (openings.length > 0 || refusals.length > 0) return refusals.map((no) => ({ ...no, decision: 'suppressed' }));
  return [{ decision: 'noted', because: 'no-runbook', ...(unmatched === undefined ? {} : { detail: unmatched }) }];
}

/** The decisions about an alert that every runbook has answered; none has when there is no runbook for it. */
export function repeatDecisions(repeats: NonNullable<Receipt['repeats']>): KeptDecision[] {
  if (repeats.length === 0) return [{ decision: 'noted', because: 'no-runbook' }];
  return repeats.map(({ runbook, executionId }) => ({
    runbook,
    decision: 'suppressed',
    refusal: { because: 'duplicate', executionId },
  }));
}

/** Turns kept decisions into records as people read them. */
export function recordsOf({ at, seen, decisions }: KeptDecisions): DecisionRecord[] {
  return decisions.map(({ refusal, ...decision }) => {
    if (refusal === undefined) return { at, ...seen, ...decision };
    const by = 'executionId' in refusal ? { executionId: refusal.executionId } : {};
    return { at, ...seen, ...decision, because: refusal.because, detail: explain(refusal), refusal, ...by };
  });
}

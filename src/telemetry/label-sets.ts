import { ERRORS } from '../core/errors.js';
import type { EventType } from '../core/event.js';
import type { Outcome, Trigger } from '../core/execution.js';
import type { Fate } from '../core/fate.js';
import { REASONS } from '../core/suppressions.js';
import type { Trust } from '../engine/governance.js';
import type { AttemptResult } from '../engine/outbox.js';
import type { CallName } from '../plugin-host/bounded-call.js';
import type { EndReason } from '../plugin-host/child/life.js';
import type { MessageEvent } from '../plugin-sdk/call.js';
import { closed, type LabelSet } from './label-set.js';

/** Every word of a union, so that the compiler says which one is missing. */
function every<T extends string>(words: { readonly [word in T]: true }): LabelSet {
  return closed(Object.keys(words));
}

/** Who sends alerts; the webhook before it is known which. */
export const SOURCES = closed(['alertmanager', 'grafana', 'prometheus', 'webhook']);
/** Of an alert. */
export const STATUSES = closed(['firing', 'resolved']);
/** Of the error catalogue. */
export const CODES = closed(Object.keys(ERRORS));
/** What was decided, and what became of an alert. */
export const DECISIONS = every<Fate['fate']>({ opened: true, suppressed: true, closed: true, noted: true });
/** Why nothing was done; empty where something was. */
export const BECAUSE = closed(['', ...REASONS]);
/** What started an execution. */
export const TRIGGERS = every<Trigger>({ alert: true, manual: true, grafana: true, drill: true });
/** How it ended. */
export const OUTCOMES = every<Outcome>({
  succeeded: true,
  reverted: true,
  failed: true,
  rejected: true,
  expired: true,
  cancelled: true,
  'not-needed': true,
  'dry-run': true,
  accepted: true,
  blocked: true,
});
/** How far a recovery has come. */
export const STAGES = closed(['received', 'decided', 'first_effect', 'applied', 'verified']);
/** What ends the wait for approval. */
export const ENDS_OF_WAIT = closed([
  'approved',
  'rejected',
  'approval-expired',
  'cancelled',
  'alert-resolved',
  'not-needed',
  'blocked',
  'lowered',
  'planned',
] satisfies readonly EventType[]);
/** Why a runbook lost trust. */
export const LOSSES = every<Trust['why']>({ 'not-verified': true, harmful: true, recurring: true, asks: true });
/** What came of opening the next runbook. */
export const ESCALATED = closed(['opened', 'refused']);
/** What came of an attempt to load the runbooks. */
export const LOADED = closed(['activated', 'unchanged', 'refused']);
/** What is asked of a plugin. */
export const VERBS = every<CallName['verb']>({
  check: true,
  plan: true,
  apply: true,
  verify: true,
  revert: true,
  measure: true,
  send: true,
});
/** What came of it. */
export const CALL_RESULTS = closed(['ok', 'failed', 'timed-out']);
/** What came of an attempt to tell people. */
export const TOLD = every<AttemptResult['result']>({ delivered: true, again: true, 'given-up': true });
/** What people are told of. */
export const EVENTS = every<MessageEvent>({
  opened: true,
  'awaiting-approval': true,
  lowered: true,
  problem: true,
  storm: true,
  frozen: true,
  paused: true,
  unpaused: true,
  'break-glass': true,
  held: true,
  escalated: true,
  closed: true,
});
/** Why the process of a plugin ended. */
export const ENDS_OF_CHILD = every<EndReason>({
  exited: true,
  killed: true,
  hung: true,
  memory: true,
  output: true,
  rubbish: true,
  stuck: true,
  silent: true,
  stopped: true,
});
/** Of HTTP. */
export const METHODS = closed(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

import type { Instant } from './alert.js';
import type { Execution, Intent, Lowered } from './execution.js';
import type { StepPlan } from './step-plan.js';
import type { GuardSample, Sample } from './runbook.js';

/** Something that happened to an execution; the journal is the list of them, in order. */
export type Event =
  | { readonly type: 'opened'; readonly execution: Execution }
  // planning
  | {
      readonly type: 'planned';
      readonly plan: readonly StepPlan[];
      readonly digest: string;
      readonly baseline?: readonly GuardSample[];
      readonly lowered?: Lowered;
      /** When making it began: it says how things were then. */
      readonly since?: Instant;
    }
  | { readonly type: 'not-needed'; readonly detail: string }
  | {
      readonly type: 'plan-failed';
      readonly detail: string;
      readonly again: boolean;
      /** It was a guard that could not be asked. */
      readonly guard?: Blocked;
    }
  /** A guard says no although the execution is open. */
  | { readonly type: 'blocked'; readonly because: Blocked; readonly detail: string }
  /** The runbook, or this execution, may not go as far any more. */
  | { readonly type: 'lowered'; readonly lowered: Lowered }
  // approval
  | {
      readonly type: 'approved';
      readonly by: string;
      readonly digest: string;
      readonly reason?: string;
      readonly roles?: readonly string[];
      readonly account?: string;
      /** By which account, and from where. */
      readonly from?: string;
      /** People who agreed earlier and may not any more. */
      readonly lapsed?: readonly string[];
    }
  | { readonly type: 'rejected'; readonly by: string; readonly reason: string; readonly from?: string }
  | { readonly type: 'approval-expired' }
  // applying
  /** What was to be begun was not begun in time. */
  | { readonly type: 'start-expired' }
  /** An intent was saved and, for sure, nothing was sent. */
  | { readonly type: 'apply-withheld'; readonly step: number; readonly epoch: number; readonly detail: string }
  | { readonly type: 'apply-intended'; readonly step: number; readonly intent: Intent }
  | { readonly type: 'applied'; readonly step: number; readonly key: string; readonly epoch: number }
  | { readonly type: 'apply-unfinished'; readonly step: number; readonly epoch: number; readonly againInMs: number }
  | {
      readonly type: 'apply-doubtful';
      readonly step: number;
      readonly epoch: number;
      readonly detail: string;
      readonly again: boolean;
    }
  | {
      readonly type: 'apply-refuted';
      readonly step: number;
      readonly epoch: number;
      readonly detail: string;
      readonly again: boolean;
    }
  | { readonly type: 'apply-unanswered'; readonly step: number; readonly epoch: number; readonly detail: string }
  // verifying
  /** With `step` it belongs to the verification of that step, and to no other. */
  | { readonly type: 'sampled'; readonly step?: number; readonly sample: Sample }
  | { readonly type: 'verification-ended'; readonly step?: number }
  // holding
  | { readonly type: 'lease-ended' }
  | { readonly type: 'lease-extended' }
  | { readonly type: 'clear-long-enough' }
  // reverting
  | { readonly type: 'revert-intended'; readonly step: number; readonly intent: Intent }
  | { readonly type: 'reverted'; readonly step: number; readonly epoch: number }
  | { readonly type: 'revert-unfinished'; readonly step: number; readonly epoch: number; readonly againInMs: number }
  | {
      readonly type: 'revert-failed';
      readonly step: number;
      readonly epoch: number;
      readonly detail: string;
      readonly again: boolean;
    }
  // the alert
  | { readonly type: 'alert-resolved'; readonly endsAt: Instant }
  | { readonly type: 'alert-refired'; readonly startsAt: Instant }
  // the next runbook
  | { readonly type: 'escalated'; readonly executionId: string }
  | { readonly type: 'escalation-refused'; readonly detail: string }
  // people
  | { readonly type: 'cancelled'; readonly by: string; readonly reason: string; readonly from?: string }
  | { readonly type: 'revert-asked'; readonly by: string; readonly reason: string; readonly from?: string }
  | { readonly type: 'retry-asked'; readonly by: string; readonly reason: string; readonly from?: string }
  | { readonly type: 'accepted'; readonly by: string; readonly reason: string; readonly from?: string };

/** Which guard said no after the opening: a precondition, a storm that broke loose, or a loop. */
export type Blocked = 'precondition' | 'storm' | 'loop';

/** Names of the events. */
export type EventType = Event['type'];

/** An event as the journal keeps it. */
export interface JournalEntry {
  readonly seq: number;
  readonly at: Instant;
  readonly event: Event;
}

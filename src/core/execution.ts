import type { Alert, Instant } from './alert.js';
import type { Orders } from './orders.js';
import type { Origin } from './origin.js';
import type { GuardSample, Mode, Sample } from './runbook.js';
import type { StepPlan } from './step-plan.js';
import type { Verdict } from './verdict.js';

/** How an execution ended. */
export type Outcome =
  | 'succeeded'
  | 'reverted'
  | 'failed'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'not-needed'
  | 'dry-run'
  | 'accepted'
  /** A guard said no after the execution was opened; nothing was touched. */
  | 'blocked';

/** What started an execution. */
export type Trigger = 'alert' | 'manual' | 'grafana' | 'drill';

/** The saved announcement of an effect: whoever finds it without an outcome must ask the target before acting. */
export interface Intent {
  /** Hash of execution, step and direction: the same for every attempt. */
  readonly key: string;
  readonly epoch: number;
  /** The process that is about to act. */
  readonly owner: string;
  readonly at: Instant;
  /** When that process has given up at the latest. */
  readonly deadline: Instant;
}

/** What is known about the effect of the current step. */
export type Effect =
  /** Nothing was sent in this attempt. */
  | { readonly is: 'none' }
  /** Announced; whoever finds it so after a crash treats it as in doubt. */
  | {
      readonly is: 'intended';
      readonly intent: Intent;
      /** It goes on with what its target called unfinished. */
      readonly goesOn?: boolean;
      /** The step was never announced before. */
      readonly first?: boolean;
    }
  /** The target said that it is not done yet and is to be asked again. */
  | { readonly is: 'unfinished'; readonly intent: Intent }
  /** The call failed, so that only the target knows; `unanswered` counts how often it could not be asked. */
  | {
      readonly is: 'in-doubt';
      readonly intent: Intent;
      readonly detail: string;
      readonly again: boolean;
      readonly unanswered: number;
    };

/** One person's agreement to one plan. */
export interface Grant {
  readonly by: string;
  /** By which it was given; absent in what older versions have kept. */
  readonly account?: string;
  /** As held at the time. */
  readonly roles?: readonly string[];
  readonly digest: string;
  readonly at: Instant;
  readonly reason?: string;
}

/** Where an execution stands; each phase carries just what it needs. */
export type State =
  | { readonly phase: 'planning'; readonly attempt: number; readonly notBefore: Instant }
  | {
      readonly phase: 'awaiting-approval';
      readonly plan: readonly StepPlan[];
      readonly digest: string;
      readonly grants: readonly Grant[];
      readonly expiresAt: Instant;
      /** Enough people agree: the plan is made again before anything is changed. */
      readonly agreed?: { readonly attempt: number; readonly notBefore: Instant };
      /** Why it is asked again: what is different from the plan that was agreed to. */
      readonly changed?: readonly string[];
    }
  | {
      readonly phase: 'applying';
      readonly plan: readonly StepPlan[];
      readonly step: number;
      readonly attempt: number;
      readonly notBefore: Instant;
      readonly effect: Effect;
      /** Nothing of what waits may be begun, or gone on with, from then on. */
      readonly startBy?: Instant;
      /** While nothing is begun: an older plan than a minute is made again. */
      readonly plannedAt?: Instant;
    }
  | {
      readonly phase: 'verifying';
      readonly plan: readonly StepPlan[];
      /** The step that must prove healthy before the next one is begun; absent while the result of all steps is judged. */
      readonly step?: number;
      readonly nextAt: Instant;
      readonly deadline: Instant;
    }
  | {
      readonly phase: 'holding';
      readonly plan: readonly StepPlan[];
      readonly leaseUntil: Instant;
      readonly clearSince?: Instant;
      /** When the lease began; it is extended to at most `leaseMaxMs` after this. */
      readonly since?: Instant;
    }
  | {
      readonly phase: 'reverting';
      readonly plan: readonly StepPlan[];
      /** Index of the step that is taken back next; steps are taken back from the last to the first. */
      readonly next: number;
      readonly attempt: number;
      readonly notBefore: Instant;
      readonly cause: RevertCause;
      readonly detail: string;
      readonly intent?: Intent;
      /** When taking back this step was announced first. */
      readonly since?: Instant;
    }
  | {
      readonly phase: 'held';
      readonly plan: readonly StepPlan[];
      readonly cause: string;
      readonly since: Instant;
      /** Where `retry` goes on. */
      readonly resume: Resume;
    }
  | {
      readonly phase: 'closed';
      readonly outcome: Outcome;
      readonly detail: string;
      readonly plan: readonly StepPlan[];
    };

/** What a person's `retry` makes of a held execution. */
export type Resume =
  | { readonly at: 'apply'; readonly step: number; readonly intent: Intent }
  /** A step that has not been begun, after others that are in force. */
  | { readonly at: 'step'; readonly step: number }
  /** Of a step before the next one is begun, or of the result of all. */
  | { readonly at: 'verify'; readonly step?: number }
  | { readonly at: 'revert'; readonly next: number; readonly cause: RevertCause };

/** Names of the phases. */
export type Phase = State['phase'];

/** All phases, in the order in which an execution may go through them. */
export const PHASES = [
  'planning',
  'awaiting-approval',
  'applying',
  'verifying',
  'holding',
  'reverting',
  'held',
  'closed',
] as const satisfies readonly Phase[];

/** Why changes are taken back. */
export type RevertCause =
  'apply-failed' | 'unhealthy' | 'worse' | 'lease-ended' | 'alert-cleared' | 'asked' | 'cancelled';

/** What is known about one step's doing, beside its plan. */
export interface StepRecord {
  readonly name: string;
  readonly uses: string;
  readonly state: 'waiting' | 'intended' | 'applied' | 'failed' | 'reverting' | 'reverted' | 'kept';
  readonly attempts: number;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  readonly error?: string;
  /** How it was judged before the next step was begun. */
  readonly verification?: StepVerification;
}

/** What the probe of one step has answered, the latest verification only. */
export interface StepVerification {
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  /** Oldest first. */
  readonly samples: readonly Sample[];
  readonly verdict?: Verdict;
}

/** Tells whether a step's change is, or may be, in force. */
export function isInForce({ state }: StepRecord): boolean {
  return state !== 'waiting' && state !== 'reverted' && state !== 'failed';
}

/** Why an execution may do less than its runbook says. */
export interface Lowered {
  readonly from: Mode;
  readonly to: Mode;
  readonly why:
    | 'not-verified'
    | 'harmful'
    | 'recurring'
    /** The plan itself asks for a person; it says nothing about the runbook. */
    | 'asks';
  readonly detail: string;
}

/** What became of opening the next runbook for the same alert. */
export type Escalation =
  | { readonly is: 'due'; readonly runbook: string; readonly because: string }
  | { readonly is: 'opened'; readonly runbook: string; readonly executionId: string }
  | { readonly is: 'refused'; readonly runbook: string; readonly detail: string };

/** When what happened, for the figures of recovery. */
export interface Timeline {
  readonly startsAt?: Instant;
  readonly receivedAt: Instant;
  readonly openedAt: Instant;
  readonly firstEffectAt?: Instant;
  readonly appliedAt?: Instant;
  readonly verifiedAt?: Instant;
}

/** What stands where an execution for an alert has the alert's own. */
export type RequestedWith = Pick<Alert, 'labels' | 'annotations'>;

/** One remediation, from the decision to its end. */
export interface Execution {
  readonly id: string;
  readonly runbook: string;
  readonly runbookVersion: string;
  /** How far it may go; lower than the runbook's when `lowered` says why. */
  readonly mode: Mode;
  readonly lowered?: Lowered;
  readonly dryRun: boolean;
  readonly trigger: Trigger;
  readonly target: string;
  readonly alert?: Alert;
  readonly requestedBy: string;
  /** By which account a person asked for it, and from where. */
  readonly requestedFrom?: string;
  readonly requestedAccount?: string;
  readonly reason?: string;
  /** What a person who started it gave along, such as the time range of the panel that they looked at. */
  readonly requestedWith?: RequestedWith;
  /** The request and the trace that it began with; absent in what older versions have kept. */
  readonly origin?: Origin;
  readonly orders: Orders;
  readonly state: State;
  readonly steps: readonly StepRecord[];
  /** What the probe of the whole result answered, oldest first; what was asked after a step stands with the step. */
  readonly samples: readonly Sample[];
  /** The guard metrics of all verifications when the plan was made. */
  readonly baseline?: readonly GuardSample[];
  readonly escalation?: Escalation;
  /** The execution that did not help, after which this one was opened. */
  readonly escalatedFrom?: string;
  /** On the execution as a whole: a step that did not prove healthy decides it as well. */
  readonly verdict?: Verdict;
  /** Rises whenever somebody may have lost the right to act; a save from an older epoch is refused. */
  readonly epoch: number;
  readonly resolvedAt?: Instant;
  readonly closedAt?: Instant;
  readonly timeline: Timeline;
}

/** Gives the plan of an execution, empty while there is none. */
export function planOf(execution: Execution): readonly StepPlan[] {
  return execution.state.phase === 'planning' ? [] : execution.state.plan;
}

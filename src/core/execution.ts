import type { Alert, Instant } from './alert.js';
import type { Json } from './json.js';
import type { Choice } from './affinity.js';
import type { Claim } from './claim.js';
import type { ApprovalRule, GuardSample, Mode, Sample, VerifyLimits } from './runbook.js';
import type { Verdict } from './verdict.js';
import type { Windows } from './window.js';

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

/** One attribute of one resource, from what to what: the unit that an approver reads. */
export interface Change {
  readonly resource: string;
  readonly attribute: string;
  readonly from: Json;
  readonly to: Json;
}

/** What a step is going to do, made before anything is touched. */
export interface StepPlan {
  readonly step: string;
  readonly uses: string;
  readonly summary: string;
  readonly changes: readonly Change[];
  /** What `revert` needs in order to restore what was there. */
  readonly before: Json;
  readonly reversible: boolean;
  readonly pluginVersion: string;
  /** As its author rates the action. */
  readonly risk?: 'low' | 'medium' | 'high';
  /** What an approver should know besides, such as the estimated data loss; not part of the digest. */
  readonly facts?: { readonly [name: string]: string };
  /** Why a person must agree to this although the runbook acts by itself. */
  readonly asks?: string;
}

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
  | { readonly at: 'verify' }
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
}

/** Tells whether a step's change is, or may be, in force. */
export function isInForce({ state }: StepRecord): boolean {
  return state !== 'waiting' && state !== 'reverted' && state !== 'failed';
}

/** One step as it was rendered for this execution; later edits of the runbook don't reach it. */
export interface StepOrder {
  readonly name: string;
  readonly uses: string;
  readonly with: Json;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
  /** What must prove healthy before the next step is begun. */
  readonly verify?: VerifyOrder;
}

/** A probe with its limits, and what must not get worse meanwhile. */
export interface VerifyOrder extends ProbeOrder {
  readonly limits: VerifyLimits;
  readonly guards?: readonly GuardOrder[];
}

/** Everything that was decided when the execution was opened and does not change any more. */
export interface Orders {
  readonly steps: readonly StepOrder[];
  readonly verify?: VerifyOrder;
  /** How the centre that takes over was chosen. */
  readonly choice?: Choice;
  /** Must all be healthy whenever a plan is made. */
  readonly require?: readonly ProbeOrder[];
  readonly windows?: Windows;
  /** What is claimed once more, right before the first effect. */
  readonly claims?: readonly Claim[];
  /** Several automatic fixes of the same alert within this time, and a person is asked. */
  readonly recurrence?: { readonly limit: number; readonly perMs: number };
  readonly leaseMaxMs?: number;
  readonly escalate?: string;
  readonly approval: ApprovalRule;
  readonly onUnhealthy: 'revert' | 'hold';
  readonly onResolved: 'keep' | 'revert';
  readonly clearForMs: number;
  readonly leaseMs?: number;
  readonly notify: readonly string[];
}

/** A probe with its parameters filled in. */
export interface ProbeOrder {
  readonly probe: string;
  readonly with: Json;
}

/** A metric that must not get worse. */
export interface GuardOrder extends ProbeOrder {
  readonly name: string;
}

/** Why an execution may do less than its runbook says. */
export interface Lowered {
  readonly from: Mode;
  readonly to: Mode;
  readonly why: 'not-verified' | 'harmful' | 'recurring';
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
  readonly reason?: string;
  readonly orders: Orders;
  readonly state: State;
  readonly steps: readonly StepRecord[];
  /** What the probe answered, oldest first. */
  readonly samples: readonly Sample[];
  /** The guard metrics when the plan was made. */
  readonly baseline?: readonly GuardSample[];
  readonly escalation?: Escalation;
  /** The execution that did not help, after which this one was opened. */
  readonly escalatedFrom?: string;
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

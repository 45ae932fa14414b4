import type { Instant } from './alert.js';
import { escalationOf } from './escalation.js';
import { planOf, type Effect, type Execution, type Outcome, type State, type StepRecord } from './execution.js';
import type { StepPlan } from './step-plan.js';

/** Why an event does not apply; the API answers with it. */
export type Refusal =
  'not-in-phase' | 'plan-changed' | 'expired' | 'own-request' | 'already' | 'under-way' | 'irreversible' | 'old-epoch';

/** What an event makes of an execution, or why the execution does not answer to it. */
export type Evolved =
  | { readonly ok: true; readonly next: Execution }
  | { readonly ok: false; readonly because: Refusal; readonly detail: string };

/** The execution in its next state. */
export function become(execution: Execution, state: State): Evolved {
  return { ok: true, next: { ...execution, state } };
}

/** The execution does not answer to this event, and stays as it is. */
export function refuse(because: Refusal, detail: string): Evolved {
  return { ok: false, because, detail };
}

/** The event belongs to another phase. */
export function wrongPhase(execution: Execution, what: string): Evolved {
  return refuse('not-in-phase', `${what} has no meaning in phase ${execution.state.phase}`);
}

/** The execution has ended. */
export function close(
  execution: Execution,
  outcome: Outcome,
  detail: string,
  at: Instant,
  plan: readonly StepPlan[] = planOf(execution),
): Evolved {
  const state: State = { phase: 'closed', outcome, detail, plan };
  const escalation = escalationOf(execution, outcome, detail);
  return { ok: true, next: { ...execution, state, closedAt: at, ...(escalation === undefined ? {} : { escalation }) } };
}

/** What was not begun ends with its alert. */
export function closeInTime(execution: Execution, at: Instant): Evolved {
  return close(execution, 'not-needed', 'the alert resolved before anything was changed', at);
}

/** Tells whether any step was announced: before that nothing can have been changed. */
export function hasBegun({ steps }: Execution): boolean {
  return steps.some((step) => step.state !== 'waiting');
}

/** How long a step may wait to be begun, tried again or gone on with, counted from when it could have been. */
export function startByOf(execution: Execution, from: Instant): Instant {
  return from + execution.orders.approval.withinMs;
}

/** What is being applied is a step that has not been announced yet. */
export function nextStep(execution: Execution, step: number, at: Instant) {
  const effect: Effect = { is: 'none' };
  return { step, attempt: 0, notBefore: at, startBy: startByOf(execution, at), effect };
}

/** Replaces what is known about one step. */
export function withStep(execution: Execution, index: number, change: Partial<StepRecord>): Execution {
  return { ...execution, steps: execution.steps.map((step, i) => (i === index ? { ...step, ...change } : step)) };
}

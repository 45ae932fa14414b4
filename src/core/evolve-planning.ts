import type { Instant } from './alert.js';
import { ask } from './evolve-approving.js';
import { isPlanning, observe, startApplying } from './evolve-beginning.js';
import { become, close, hasBegun, refuse, startByOf, wrongPhase, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Execution, Lowered, State } from './execution.js';
import { askedBy, goesLessFar } from './lowered.js';
import { planDifference } from './plan-difference.js';
import { planDigest } from './plan-digest.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type In<P extends State['phase']> = Extract<State, { phase: P }>;

/** How soon a plan that is made right before the beginning is tried again, at the earliest. */
const PLAN_AGAIN_MS = 5_000;

/**
 * A plan was made: ask a person, or begin, or leave it at the plan. It is made again when enough people have agreed, and
 * when nothing was begun for a while; if it is another one then, whoever agreed is asked again.
 */
export function planned(execution: Execution, event: Of<'planned'>, at: Instant): Evolved {
  const { state } = execution;
  const { baseline } = event;
  const trusted = lower({ ...execution, ...(baseline === undefined ? {} : { baseline }) }, event.lowered);
  const next = lower(trusted, askedBy(trusted, event.plan));
  switch (state.phase) {
    case 'planning':
      return firstPlan(next, event, at);
    case 'awaiting-approval':
      return planAgreedTo(next, state, event, at);
    case 'applying':
      if (hasBegun(execution)) return wrongPhase(execution, 'a plan');
      return freshPlan(next, state, event, at, next.mode === execution.mode);
    case 'verifying':
    case 'holding':
    case 'reverting':
    case 'held':
    case 'closed':
      return wrongPhase(execution, 'a plan');
  }
}

function firstPlan(execution: Execution, event: Of<'planned'>, at: Instant): Evolved {
  const { plan, digest } = event;
  if (execution.dryRun) return close(execution, 'dry-run', 'dry run: planned, nothing was changed', at, plan);
  switch (execution.mode) {
    case 'observe':
      return observe(execution, plan, at);
    case 'approve':
      return ask(execution, { plan, digest, changed: [] }, at);
    case 'auto':
      return startApplying(execution, event, at, startByOf(execution, at));
  }
}

/** Enough people have agreed: to this very plan, or they are asked again. */
function planAgreedTo(
  execution: Execution,
  state: In<'awaiting-approval'>,
  event: Of<'planned'>,
  at: Instant,
): Evolved {
  const { plan, digest } = event;
  if (state.agreed === undefined) return wrongPhase(execution, 'a plan that nobody waits for');
  if (at >= state.expiresAt) return refuse('expired', 'the time for approval is over');
  if (execution.mode === 'observe') return observe(execution, plan, at);
  if (digest === state.digest) return startApplying(execution, event, at, state.expiresAt);
  return ask(execution, { plan, digest, changed: planDifference(state.plan, plan) }, at);
}

/** What has waited to be begun is planned again. */
function freshPlan(
  execution: Execution,
  state: In<'applying'>,
  { plan, digest, since }: Of<'planned'>,
  at: Instant,
  asTrusted: boolean,
): Evolved {
  if (state.startBy !== undefined && at >= state.startBy) return refuse('expired', 'the time to begin is over');
  if (execution.mode === 'observe') return observe(execution, plan, at);
  const same = digest === planDigest(execution.target, execution.orders.steps, state.plan);
  if (execution.mode === 'auto' || (same && asTrusted))
    return become(execution, { ...state, plan, plannedAt: since ?? at });
  return ask(execution, { plan, digest, changed: same ? [] : planDifference(state.plan, plan) }, at);
}

/** The runbook lost the trust to go as far as this execution was about to; what has begun goes on. */
export function lowered(execution: Execution, event: Of<'lowered'>, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase !== 'applying' || hasBegun(execution)) return wrongPhase(execution, 'less trust');
  const next = lower(execution, event.lowered);
  if (next === execution) return refuse('already', `it goes no further than ${execution.mode} already`);
  const { plan } = state;
  if (next.mode === 'observe') return observe(next, plan, at);
  const digest = planDigest(execution.target, execution.orders.steps, plan);
  return ask(next, { plan, digest, changed: [] }, at);
}

/** Nothing that is said about trust, and no plan, lets an execution go further than before. */
function lower(execution: Execution, to: Lowered | undefined): Execution {
  if (to === undefined || !goesLessFar(to.to, execution.mode)) return execution;
  return { ...execution, mode: to.to, lowered: to };
}

/** The target is already as it should be. */
export function notNeeded(execution: Execution, event: Of<'not-needed'>, at: Instant): Evolved {
  if (!isPlanning(execution)) return wrongPhase(execution, '"not needed"');
  return close(execution, 'not-needed', event.detail, at);
}

/**
 * No plan could be made; nothing was touched. The first one is tried as often as the steps may be; later ones for as
 * long as there is time to begin. A guard that cannot be asked blocks in the end.
 */
export function planFailed(execution: Execution, event: Of<'plan-failed'>, at: Instant): Evolved {
  const { state, orders } = execution;
  if (!isPlanning(execution)) return wrongPhase(execution, 'a failed plan');
  const attempt = attemptOf(state) + 1;
  const attempts = Math.max(1, ...orders.steps.map((step) => step.attempts));
  if (!event.again || (state.phase === 'planning' && attempt >= attempts)) {
    if (event.guard !== undefined) return close(execution, 'blocked', `${event.guard}: ${event.detail}`, at);
    return close(execution, 'failed', `no plan, nothing was touched: ${event.detail}`, at);
  }
  const backoffMs = Math.max(0, ...orders.steps.map((step) => step.backoffMs));
  const soon = at + Math.max(PLAN_AGAIN_MS, backoffMs);
  if (state.phase === 'awaiting-approval') return become(execution, { ...state, agreed: { attempt, notBefore: soon } });
  if (state.phase === 'applying') return become(execution, { ...state, notBefore: soon });
  return become(execution, { phase: 'planning', attempt, notBefore: at + backoffMs * 2 ** (attempt - 1) });
}

function attemptOf(state: State): number {
  if (state.phase === 'awaiting-approval') return state.agreed?.attempt ?? 0;
  return state.phase === 'planning' ? state.attempt : 0;
}

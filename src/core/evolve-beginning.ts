import type { Instant } from './alert.js';
import { OBSERVED, startVerifying } from './evolve-judging.js';
import { become, close, hasBegun, refuse, wrongPhase, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Effect, Execution, Resume, State } from './execution.js';
import type { StepPlan } from './step-plan.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Applying = Extract<State, { phase: 'applying' }>;

/** A plan that is older than this is made again before anything is begun. */
export const FRESH_MS = 60_000;

/** Tells whether what waits to be begun may be begun with the plan that it has. */
export function isFresh({ plannedAt }: Applying, at: Instant): boolean {
  return plannedAt === undefined || at - plannedAt <= FRESH_MS;
}

/**
 * The first step comes next.
 *
 * @param startBy when it must have been begun: the plan and what people agreed to are not good for ever
 */
export function startApplying(
  execution: Execution,
  { plan, since }: Of<'planned'>,
  at: Instant,
  startBy: Instant,
): Evolved {
  const effect: Effect = { is: 'none' };
  const begin = { step: 0, attempt: 0, notBefore: at, startBy, plannedAt: since ?? at, effect };
  return become(execution, { phase: 'applying', plan, ...begin });
}

/** Everything but the effect: without the change the probe shows whether the alert clears by itself. */
export function observe(execution: Execution, plan: readonly StepPlan[], at: Instant): Evolved {
  const { verify } = execution.orders;
  if (verify === undefined) return close(execution, 'dry-run', OBSERVED, at, plan);
  return startVerifying(execution, plan, verify.limits, at);
}

/** Tells whether a plan is being made, or made again. */
export function isPlanning(execution: Execution): boolean {
  const { state } = execution;
  if (state.phase === 'planning') return true;
  if (state.phase === 'awaiting-approval') return state.agreed !== undefined;
  return state.phase === 'applying' && !hasBegun(execution);
}

/** A guard says no: what has not begun ends, what has begun goes to a person. */
export function blocked(execution: Execution, event: Of<'blocked'>, at: Instant): Evolved {
  const { state } = execution;
  const detail = `${event.because}: ${event.detail}`;
  if (isPlanning(execution)) return close(execution, 'blocked', detail, at);
  if (state.phase !== 'applying' || !isAtRest(state)) return wrongPhase(execution, 'a guard');
  return holdAtStep(execution, state, detail, at);
}

/** What waited to be begun, or to be gone on with, has waited too long: a stale plan is never applied. */
export function startExpired(execution: Execution, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase !== 'applying' || !isAtRest(state) || state.startBy === undefined)
    return wrongPhase(execution, 'the end of the time to begin');
  if (at < state.startBy) return refuse('not-in-phase', 'there is still time to begin');
  const detail = 'could not be begun in time: paused, outside its window, or a guard said no all the while';
  if (!hasBegun(execution)) return close(execution, 'expired', `it ${detail}`, at);
  return holdAtStep(execution, state, `step ${execution.steps[state.step]?.name ?? state.step} ${detail}`, at);
}

/** Tells whether nobody can be acting on the present step. */
function isAtRest({ effect }: Applying): boolean {
  return effect.is === 'none' || effect.is === 'unfinished';
}

function holdAtStep(execution: Execution, { plan, step, effect }: Applying, cause: string, at: Instant): Evolved {
  const resume: Resume = effect.is === 'none' ? { at: 'step', step } : { at: 'apply', step, intent: effect.intent };
  return become(execution, { phase: 'held', plan, cause, since: at, resume });
}

import type { Instant } from './alert.js';
import { formatDuration } from './duration.js';
import { become, close, refuse, withStep, wrongPhase, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Execution, Outcome, RevertCause, State, StepRecord } from './execution.js';
import type { StepPlan } from './step-plan.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Reverting = Extract<State, { phase: 'reverting' }>;

/** How often taking back one step is tried before a person is told. */
export const REVERT_ATTEMPTS = 3;
const REVERT_BACKOFF_MS = 1_000;

/** Begins to take back, from the last step with an intent to the first; what cannot be taken back goes to a person. */
export function startReverting(
  execution: Execution,
  plan: readonly StepPlan[],
  cause: RevertCause,
  detail: string,
  at: Instant,
): Evolved {
  const stuck = stuckStep(execution, plan);
  if (stuck !== undefined) {
    const why = `${detail}; step ${stuck.name} can't be taken back`;
    const { state } = execution;
    const of = state.phase === 'verifying' && state.step !== undefined ? { step: state.step } : {};
    return become(execution, { phase: 'held', plan, cause: why, since: at, resume: { at: 'verify', ...of } });
  }
  const next = nextToRevert(execution, plan, execution.steps.length - 1);
  if (next < 0) return close(execution, outcomeOf(cause), detail, at);
  return become(execution, { phase: 'reverting', plan, next, attempt: 0, notBefore: at, cause, detail });
}

/** Gives a step that is, or may be, in force and cannot be taken back. */
export function stuckStep({ steps }: Execution, plan: readonly StepPlan[]): StepRecord | undefined {
  return steps.find(({ state }, i) => (state === 'applied' || state === 'intended') && plan[i]?.reversible === false);
}

/** A step without an intent has nothing to take back; a step that failed may still take late, so it is taken back too. */
function nextToRevert(execution: Execution, plan: readonly StepPlan[], from: number): number {
  for (let i = from; i >= 0; i--) {
    const state = execution.steps[i]?.state;
    if (plan[i]?.reversible === true && state !== undefined && state !== 'waiting' && state !== 'reverted') return i;
  }
  return -1;
}

/** Taking back was announced. */
export function intended(execution: Execution, event: Of<'revert-intended'>): Evolved {
  const { state } = execution;
  if (state.phase !== 'reverting' || state.next !== event.step) return wrongPhase(execution, 'an intent to revert');
  if (event.intent.epoch <= execution.epoch) return refuse('old-epoch', 'the right to act was lost');
  const next = withStep(execution, event.step, { state: 'reverting' });
  const { intent } = event;
  const since = state.since ?? intent.at;
  return become({ ...next, epoch: intent.epoch }, { ...state, attempt: state.attempt + 1, intent, since });
}

/** Tells whether a change is taken back because nobody needs it any more: then it may go in stages. */
export function isLifted(cause: RevertCause): boolean {
  return cause === 'lease-ended' || cause === 'alert-cleared';
}

/** One step is as it was before. */
export function reverted(execution: Execution, event: Of<'reverted'>, at: Instant): Evolved {
  const under = underWay(execution, event);
  if (!under.ok) return under;
  const { state } = under;
  const done = withStep(execution, event.step, { state: 'reverted', finishedAt: at });
  const next = nextToRevert(done, state.plan, event.step - 1);
  if (next < 0) return close(done, outcomeOf(state.cause), describe(state), at);
  const { intent: _done, since: _first, ...rest } = state;
  return become(done, { ...rest, next, attempt: 0, notBefore: at });
}

/** Taking back has begun and is asked about again, for as long as all attempts together may take. */
export function unfinished(execution: Execution, event: Of<'revert-unfinished'>, at: Instant): Evolved {
  const under = underWay(execution, event);
  if (!under.ok) return under;
  const { intent: _spent, ...rest } = under.state;
  const { since = at } = rest;
  const timeoutMs = execution.orders.steps[event.step]?.timeoutMs ?? Infinity;
  const liftMs = isLifted(rest.cause) ? (rest.plan[event.step]?.liftWithinMs ?? 0) : 0;
  if (at - since >= Math.max(liftMs, timeoutMs * REVERT_ATTEMPTS))
    return giveUp(execution, rest, `not finished after ${formatDuration(at - since)}`, at);
  return become(execution, { ...rest, attempt: Math.max(0, rest.attempt - 1), notBefore: at + event.againInMs });
}

/** Taking back failed: again, and after some times a person is told. */
export function failed(execution: Execution, event: Of<'revert-failed'>, at: Instant): Evolved {
  const under = underWay(execution, event);
  if (!under.ok) return under;
  const { intent: _spent, ...rest } = under.state;
  if (!event.again || rest.attempt >= REVERT_ATTEMPTS) return giveUp(execution, rest, event.detail, at);
  const notBefore = at + REVERT_BACKOFF_MS * 2 ** (rest.attempt - 1);
  return become(withStep(execution, event.step, { error: event.detail }), { ...rest, notBefore });
}

function giveUp(execution: Execution, { plan, next, cause }: Reverting, error: string, at: Instant): Evolved {
  const name = execution.steps[next]?.name ?? next;
  return become(withStep(execution, next, { error }), {
    phase: 'held',
    plan,
    cause: `step ${name} could not be taken back: ${error}`,
    since: at,
    resume: { at: 'revert', next, cause },
  });
}

type UnderWay = { readonly ok: true; readonly state: Reverting } | Extract<Evolved, { ok: false }>;

function underWay(execution: Execution, event: { step: number; epoch: number }): UnderWay {
  const { state } = execution;
  if (state.phase !== 'reverting' || state.next !== event.step || state.intent === undefined) {
    return { ok: false, because: 'not-in-phase', detail: `a revert's outcome has no meaning in phase ${state.phase}` };
  }
  if (state.intent.epoch !== event.epoch) {
    return { ok: false, because: 'old-epoch', detail: 'the outcome belongs to an attempt that was overtaken' };
  }
  return { ok: true, state };
}

function describe(state: Reverting): string {
  return state.cause === 'apply-failed'
    ? `taken back because a step failed: ${state.detail}`
    : `taken back: ${state.detail}`;
}

function outcomeOf(cause: RevertCause): Outcome {
  switch (cause) {
    case 'apply-failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'unhealthy':
    case 'worse':
    case 'lease-ended':
    case 'alert-cleared':
    case 'asked':
      return 'reverted';
  }
}

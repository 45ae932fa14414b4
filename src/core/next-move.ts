import type { Instant } from './alert.js';
import { isFresh } from './evolve-beginning.js';
import { extendedLease } from './evolve-holding.js';
import { hasBegun } from './evolved.js';
import type { Event } from './event.js';
import type { Execution, Intent } from './execution.js';
import { needsPerson } from './lowered.js';
import { windowRefusal } from './window.js';

/** The one thing to do next for an execution. */
export type Move =
  | { readonly do: 'plan' }
  /** Announce the effect, then act; also to go on with one that the target has not finished. */
  | { readonly do: 'apply'; readonly step: number }
  /** Ask the target whether an effect of unknown outcome took. */
  | { readonly do: 'settle'; readonly step: number; readonly intent: Intent }
  | { readonly do: 'sample' }
  | { readonly do: 'revert'; readonly step: number; readonly intent?: Intent }
  /** Only time has to be noted. */
  | { readonly do: 'note'; readonly event: Event }
  /** Open the next runbook for the same alert. */
  | { readonly do: 'escalate' }
  | { readonly do: 'wait'; readonly until: Instant }
  /** Nothing, until a person or the alert says something. */
  | { readonly do: 'rest' };

/** How long a saved intent is left to the process that saved it before somebody looks after it. */
export const WATCH_MS = 5_000;

/** How soon a closed window is looked at again. */
const WINDOW_AGAIN_MS = 30_000;

/**
 * Says what comes next. Pure: the same execution at the same moment always gives the same move.
 *
 * @param execution as it stands
 * @param now by the shared clock
 */
export function nextMove(execution: Execution, now: Instant): Move {
  const { state, orders } = execution;
  switch (state.phase) {
    case 'planning':
      return now < state.notBefore ? { do: 'wait', until: state.notBefore } : { do: 'plan' };
    case 'awaiting-approval': {
      if (now >= state.expiresAt) return { do: 'note', event: { type: 'approval-expired' } };
      const planAt = state.agreed?.notBefore ?? Infinity;
      return now < planAt ? { do: 'wait', until: Math.min(planAt, state.expiresAt) } : { do: 'plan' };
    }
    case 'applying':
      return state.effect.is === 'none' ? moveToBegin(execution, state, now) : moveOfEffect(state, now);
    case 'verifying':
      if (now >= state.deadline) {
        const of = state.step === undefined ? {} : { step: state.step };
        return { do: 'note', event: { type: 'verification-ended', ...of } };
      }
      return now < state.nextAt ? { do: 'wait', until: Math.min(state.nextAt, state.deadline) } : { do: 'sample' };
    case 'holding': {
      const clearAt =
        orders.onResolved === 'revert' && state.clearSince !== undefined
          ? state.clearSince + orders.clearForMs
          : Infinity;
      if (now >= clearAt) return { do: 'note', event: { type: 'clear-long-enough' } };
      if (now >= state.leaseUntil) {
        const type = extendedLease(execution, now) === undefined ? 'lease-ended' : 'lease-extended';
        return { do: 'note', event: { type } };
      }
      return { do: 'wait', until: Math.min(clearAt, state.leaseUntil) };
    }
    case 'reverting':
      if (now < state.notBefore) return { do: 'wait', until: state.notBefore };
      return { do: 'revert', step: state.next, ...(state.intent === undefined ? {} : { intent: state.intent }) };
    case 'held':
      return { do: 'rest' };
    case 'closed':
      return execution.escalation?.is === 'due' ? { do: 'escalate' } : { do: 'rest' };
  }
}

type Applying = Extract<Execution['state'], { phase: 'applying' }>;

/** Before a step is begun: in time, within the window, and with a plan that is fresh. */
function moveToBegin(execution: Execution, state: Applying, now: Instant): Move {
  const { startBy = Infinity } = state;
  if (now >= startBy) return { do: 'note', event: { type: 'start-expired' } };
  if (now < state.notBefore) return { do: 'wait', until: Math.min(state.notBefore, startBy) };
  if (hasBegun(execution)) return { do: 'apply', step: state.step };
  const { windows } = execution.orders;
  if (windows !== undefined && windowRefusal(windows, now) !== undefined) {
    return { do: 'wait', until: Math.min(startBy, now + WINDOW_AGAIN_MS) };
  }
  return isFresh(state, now) && !needsPerson(execution) ? { do: 'apply', step: state.step } : { do: 'plan' };
}

function moveOfEffect(state: Applying, now: Instant): Move {
  const { effect, step, startBy = Infinity } = state;
  if (now < state.notBefore) return { do: 'wait', until: state.notBefore };
  switch (effect.is) {
    case 'none':
    case 'unfinished':
      return now >= startBy ? { do: 'note', event: { type: 'start-expired' } } : { do: 'apply', step };
    case 'intended':
    case 'in-doubt':
      return { do: 'settle', step, intent: effect.intent };
  }
}

/**
 * Says when somebody has to look at an execution again, also if every wake-up was lost.
 *
 * @returns the moment, or undefined when only a person or the alert can move it on
 */
export function dueAt(execution: Execution, now: Instant): Instant | undefined {
  const { state } = execution;
  if (state.phase === 'applying' && state.effect.is === 'intended') return state.effect.intent.at + WATCH_MS;
  if (state.phase === 'reverting' && state.intent !== undefined) return state.intent.at + WATCH_MS;
  const move = nextMove(execution, now);
  switch (move.do) {
    case 'wait':
      return move.until;
    case 'rest':
      return undefined;
    case 'plan':
    case 'apply':
    case 'settle':
    case 'sample':
    case 'revert':
    case 'note':
    case 'escalate':
      return now;
  }
}

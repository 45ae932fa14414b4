import type { Instant } from './alert.js';
import type { Event } from './event.js';
import type { Execution, Intent } from './execution.js';

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
  | { readonly do: 'wait'; readonly until: Instant }
  /** Nothing, until a person or the alert says something. */
  | { readonly do: 'rest' };

/** How long a saved intent is left to the process that saved it before somebody looks after it. */
export const WATCH_MS = 5_000;

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
    case 'awaiting-approval':
      return now < state.expiresAt
        ? { do: 'wait', until: state.expiresAt }
        : { do: 'note', event: { type: 'approval-expired' } };
    case 'applying':
      if (now < state.notBefore) return { do: 'wait', until: state.notBefore };
      return moveOfEffect(state);
    case 'verifying':
      if (now >= state.deadline) return { do: 'note', event: { type: 'verification-ended' } };
      return now < state.nextAt ? { do: 'wait', until: Math.min(state.nextAt, state.deadline) } : { do: 'sample' };
    case 'holding': {
      const clearAt =
        orders.onResolved === 'revert' && state.clearSince !== undefined
          ? state.clearSince + orders.clearForMs
          : Infinity;
      if (now >= clearAt) return { do: 'note', event: { type: 'clear-long-enough' } };
      if (now >= state.leaseUntil) return { do: 'note', event: { type: 'lease-ended' } };
      return { do: 'wait', until: Math.min(clearAt, state.leaseUntil) };
    }
    case 'reverting':
      if (now < state.notBefore) return { do: 'wait', until: state.notBefore };
      return { do: 'revert', step: state.next, ...(state.intent === undefined ? {} : { intent: state.intent }) };
    case 'held':
    case 'closed':
      return { do: 'rest' };
  }
}

function moveOfEffect(state: Extract<Execution['state'], { phase: 'applying' }>): Move {
  const { effect, step } = state;
  switch (effect.is) {
    case 'none':
    case 'unfinished':
      return { do: 'apply', step };
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
      return now;
  }
}

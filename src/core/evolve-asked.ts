import type { Instant } from './alert.js';
import { OBSERVED, startVerifying } from './evolve-judging.js';
import { isLifted, startReverting, stuckStep } from './evolve-reverting.js';
import {
  become,
  close,
  closeInTime,
  hasBegun,
  nextStep,
  refuse,
  withStep,
  wrongPhase,
  type Evolved,
} from './evolved.js';
import type { Event } from './event.js';
import { isInForce, type Execution, type State } from './execution.js';
import { verifyOrder } from './orders.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** The alert is over: what has not begun ends, what holds is marked, everything else goes on and remembers it. */
export function alertResolved(execution: Execution, event: Of<'alert-resolved'>, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase === 'closed') return wrongPhase(execution, 'a resolved alert');
  const marked: Execution = { ...execution, resolvedAt: event.endsAt };
  if (state.phase === 'verifying' && execution.mode === 'observe')
    return close(marked, 'dry-run', `${OBSERVED}; it cleared by itself: the alert resolved`, at);
  if (!hasBegun(execution)) return closeInTime(marked, at);
  if (state.phase === 'holding') return become(marked, { ...state, clearSince: state.clearSince ?? at });
  return { ok: true, next: marked };
}

/** The alert fires again while its change is in force: being clear starts from the beginning. */
export function alertRefired(execution: Execution): Evolved {
  const { state } = execution;
  if (state.phase === 'closed') return wrongPhase(execution, 'an alert that fires again');
  const { resolvedAt: _over, ...firing } = execution;
  if (state.phase !== 'holding') return { ok: true, next: firing };
  const { clearSince: _clear, ...holding } = state;
  return become(firing, holding);
}

/** A person stops it: nothing begun, nothing left; otherwise what was done is taken back. */
export function cancelled(execution: Execution, event: Of<'cancelled'>, at: Instant): Evolved {
  const { state } = execution;
  const detail = `cancelled by ${event.by}: ${event.reason}`;
  switch (state.phase) {
    case 'planning':
    case 'awaiting-approval':
      return close(execution, 'cancelled', detail, at);
    case 'applying':
      if (state.effect.is !== 'none')
        return refuse('under-way', 'a step is under way; ask again when its outcome is known');
      return startReverting(settled(execution, at), state.plan, 'cancelled', detail, at);
    case 'verifying':
    case 'holding':
      return startReverting(execution, state.plan, 'cancelled', detail, at);
    case 'reverting':
    case 'held':
    case 'closed':
      return wrongPhase(execution, 'cancel');
  }
}

/** A step between two attempts is one that its target has shown not to have taken. */
function settled(execution: Execution, at: Instant): Execution {
  const step = betweenAttempts(execution.state);
  if (step === undefined || execution.steps[step]?.state !== 'intended') return execution;
  return withStep(execution, step, { state: 'failed', finishedAt: at });
}

function betweenAttempts(state: State): number | undefined {
  if (state.phase === 'applying' && state.effect.is === 'none') return state.step;
  return state.phase === 'held' && state.resume.at === 'step' ? state.resume.step : undefined;
}

/** A person wants the changes taken back: also those of an execution that ended well, and at once what is being lifted in stages. */
export function revertAsked(execution: Execution, event: Of<'revert-asked'>, at: Instant): Evolved {
  const { state } = execution;
  const detail = `asked by ${event.by}: ${event.reason}`;
  switch (state.phase) {
    case 'held': {
      const known = settled(execution, at);
      if (stuckStep(known, state.plan)) return refuse('irreversible', 'a step of it cannot be taken back');
      return startReverting(known, state.plan, 'asked', detail, at);
    }
    case 'verifying':
    case 'holding':
      if (!hasBegun(execution)) return refuse('not-in-phase', 'nothing was changed, so there is nothing to take back');
      return startReverting(execution, state.plan, 'asked', detail, at);
    case 'closed': {
      if (state.outcome !== 'succeeded' && state.outcome !== 'accepted') return wrongPhase(execution, 'revert');
      if (state.plan.some((step) => !step.reversible))
        return refuse('irreversible', 'a step of it cannot be taken back');
      const { closedAt: _open, ...reopened } = execution;
      return startReverting(reopened, state.plan, 'asked', detail, at);
    }
    case 'reverting': {
      if (!isLifted(state.cause)) return wrongPhase(execution, 'revert');
      if (state.intent !== undefined) return refuse('under-way', 'a stage is under way; ask again in a moment');
      // from here on there is no time for stages, and what is left has its own time
      const { since: _lifting, ...rest } = state;
      return become(execution, { ...rest, attempt: 0, notBefore: at, cause: 'asked', detail });
    }
    case 'planning':
    case 'awaiting-approval':
    case 'applying':
      return wrongPhase(execution, 'revert');
  }
}

/** A person lets a held execution try again where it stopped. */
export function retryAsked(execution: Execution, at: Instant): Evolved {
  const { state, orders } = execution;
  if (state.phase !== 'held') return wrongPhase(execution, 'retry');
  const { plan, resume } = state;
  switch (resume.at) {
    case 'apply': {
      const effect = {
        is: 'in-doubt',
        intent: resume.intent,
        detail: 'a person asked again',
        again: true,
        unanswered: 0,
      } as const;
      return become(execution, { phase: 'applying', plan, step: resume.step, attempt: 1, notBefore: at, effect });
    }
    case 'step':
      return become(execution, { phase: 'applying', plan, ...nextStep(execution, resume.step, at) });
    case 'verify': {
      const verify = verifyOrder(orders, resume.step);
      const last = resume.step ?? execution.steps.length - 1;
      const complete = execution.steps.every((step, i) => i > last || step.state === 'applied');
      if (verify === undefined || !complete)
        return refuse('not-in-phase', 'there is nothing to try again: revert or accept it');
      return startVerifying(execution, plan, verify.limits, at, resume.step);
    }
    case 'revert': {
      const { next, cause } = resume;
      return become(execution, {
        phase: 'reverting',
        plan,
        next,
        attempt: 0,
        notBefore: at,
        cause,
        detail: 'a person asked again',
      });
    }
  }
}

/** A person accepts a held execution as it is. */
export function accepted(execution: Execution, event: Of<'accepted'>, at: Instant): Evolved {
  if (execution.state.phase !== 'held') return wrongPhase(execution, 'accept');
  const known = settled(execution, at);
  const steps = known.steps.map((step) => (isInForce(step) ? { ...step, state: 'kept' as const } : step));
  const kept: Execution = { ...known, steps };
  return close(kept, 'accepted', `accepted by ${event.by}: ${event.reason}`, at);
}

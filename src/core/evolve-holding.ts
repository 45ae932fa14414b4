import type { Instant } from './alert.js';
import { startReverting } from './evolve-reverting.js';
import { become, close, refuse, wrongPhase, type Evolved } from './evolved.js';
import type { Execution } from './execution.js';
import type { StepPlan } from './step-plan.js';

/** Everything is in force: keep it under its lease, or be done. */
export function finish(execution: Execution, plan: readonly StepPlan[], detail: string, at: Instant): Evolved {
  const { leaseMs } = execution.orders;
  if (leaseMs === undefined) return close(execution, 'succeeded', detail, at);
  const { resolvedAt } = execution;
  const clear = resolvedAt === undefined ? {} : { clearSince: resolvedAt };
  return become(execution, { phase: 'holding', plan, leaseUntil: at + leaseMs, since: at, ...clear });
}

/** The lease is over, whatever the alert says. */
export function leaseEnded(execution: Execution, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase !== 'holding') return wrongPhase(execution, 'the end of a lease');
  if (at < state.leaseUntil) return refuse('not-in-phase', 'the lease is not over');
  return startReverting(execution, state.plan, 'lease-ended', 'the lease is over', at);
}

/** Until when a lease may be extended, or undefined when it may not: the alert is over, or the maximum is reached. */
export function extendedLease({ state, orders, alert, resolvedAt }: Execution, at: Instant): Instant | undefined {
  const { leaseMs, leaseMaxMs } = orders;
  if (state.phase !== 'holding' || leaseMs === undefined || leaseMaxMs === undefined) return undefined;
  if (alert === undefined || resolvedAt !== undefined || state.since === undefined) return undefined;
  const until = Math.min(at + leaseMs, state.since + leaseMaxMs);
  return until > at ? until : undefined;
}

/** The alert still fires, so the change stays in force for longer. */
export function leaseExtended(execution: Execution, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase !== 'holding') return wrongPhase(execution, 'a longer lease');
  if (at < state.leaseUntil) return refuse('not-in-phase', 'the lease is not over');
  const leaseUntil = extendedLease(execution, at);
  if (leaseUntil === undefined) return refuse('not-in-phase', 'the lease may not be extended');
  return become(execution, { ...state, leaseUntil });
}

/** The alert has been away for long enough. */
export function clearLongEnough(execution: Execution, at: Instant): Evolved {
  const { state, orders } = execution;
  if (state.phase !== 'holding' || orders.onResolved !== 'revert')
    return wrongPhase(execution, '"clear for long enough"');
  if (state.clearSince === undefined || at < state.clearSince + orders.clearForMs) {
    return refuse('not-in-phase', 'the alert has not been away for long enough');
  }
  return startReverting(execution, state.plan, 'alert-cleared', 'the alert stayed clear', at);
}

import type { Instant } from './alert.js';
import { startReverting } from './evolve-reverting.js';
import { become, close, refuse, wrongPhase, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Execution, State, StepPlan } from './execution.js';
import type { Sample, VerifyLimits } from './runbook.js';
import { judge, judgeAtDeadline, type Verdict } from './verdict.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Verifying = Extract<State, { phase: 'verifying' }>;

/** What the end of an observing execution says. */
export const OBSERVED = 'observed: this is what would have been done';

/** The result is judged from now on, without what was measured before. */
export function startVerifying(
  execution: Execution,
  plan: readonly StepPlan[],
  limits: VerifyLimits,
  at: Instant,
): Evolved {
  const { verdict: _old, ...fresh } = execution;
  return become({ ...fresh, samples: [] }, { phase: 'verifying', plan, nextAt: at, deadline: at + limits.withinMs });
}

/** The probe answered once more. */
export function sampled(execution: Execution, event: Of<'sampled'>, at: Instant): Evolved {
  const { state, orders } = execution;
  if (state.phase !== 'verifying' || orders.verify === undefined) return wrongPhase(execution, 'a sample');
  const { limits } = orders.verify;
  const next = { ...execution, samples: [...execution.samples, event.sample] };
  const verdict = judge(next.samples, limits, next.baseline);
  if (verdict === 'pending') return become(next, { ...state, nextAt: at + limits.everyMs });
  return conclude({ ...next, verdict }, state, verdict, at);
}

/** The time for verification is over. */
export function verificationEnded(execution: Execution, at: Instant): Evolved {
  const { state, orders } = execution;
  if (state.phase !== 'verifying' || orders.verify === undefined)
    return wrongPhase(execution, 'the end of verification');
  if (at < state.deadline) return refuse('not-in-phase', 'there is still time to verify');
  const verdict = judgeAtDeadline(execution.samples, orders.verify.limits, execution.baseline);
  return conclude({ ...execution, verdict }, state, verdict, at);
}

function conclude(execution: Execution, state: Verifying, verdict: Exclude<Verdict, 'pending'>, at: Instant): Evolved {
  const last = describe(execution.samples.at(-1));
  if (execution.mode === 'observe')
    return close(execution, 'dry-run', `${OBSERVED}; ${withoutIt(verdict)}: ${last}`, at);
  switch (verdict) {
    case 'healthy': {
      const verified = { ...execution, timeline: { ...execution.timeline, verifiedAt: at } };
      return finish(verified, state.plan, `applied and verified: ${last}`, at);
    }
    case 'unhealthy':
      if (execution.orders.onUnhealthy === 'revert')
        return startReverting(execution, state.plan, 'unhealthy', last, at);
      return hold(execution, state.plan, `the change did not help: ${last}`, at);
    case 'worse':
      return startReverting(execution, state.plan, 'worse', `the change did harm: ${last}`, at);
    case 'unknown':
      return hold(execution, state.plan, `nobody can say whether the change helped: ${last}`, at);
  }
}

/** What the probe showed while nothing was done. */
function withoutIt(verdict: Exclude<Verdict, 'pending'>): string {
  switch (verdict) {
    case 'healthy':
      return 'it cleared by itself';
    case 'unhealthy':
    case 'worse':
      return 'it did not clear by itself';
    case 'unknown':
      return 'nobody can say whether it cleared by itself';
  }
}

function describe(sample: Sample | undefined): string {
  if (sample === undefined) return 'the probe never answered';
  const bad = (sample.guards ?? []).filter((guard) => guard.status !== 'healthy');
  return [sample.detail, ...bad.map((guard) => `${guard.name}: ${guard.detail}`)].join('; ');
}

function hold(execution: Execution, plan: readonly StepPlan[], cause: string, at: Instant): Evolved {
  return become(execution, { phase: 'held', plan, cause, since: at, resume: { at: 'verify' } });
}

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

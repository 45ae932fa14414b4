import type { Instant } from './alert.js';
import { finish } from './evolve-holding.js';
import { startReverting } from './evolve-reverting.js';
import { become, close, nextStep, refuse, withStep, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Execution, State, StepVerification } from './execution.js';
import { verifyOrder } from './orders.js';
import type { StepPlan } from './step-plan.js';
import type { GuardSample, Sample, VerifyLimits } from './runbook.js';
import { judge, judgeAtDeadline, type Verdict } from './verdict.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Verifying = Extract<State, { phase: 'verifying' }>;
type Judged = Exclude<Verdict, 'pending'>;

/** What the end of an observing execution says. */
export const OBSERVED = 'observed: this is what would have been done';

/**
 * It is judged from now on, without what was measured before.
 *
 * @param step the one that must prove healthy before the next one is begun; without it the result of all is judged
 */
export function startVerifying(
  execution: Execution,
  plan: readonly StepPlan[],
  limits: VerifyLimits,
  at: Instant,
  step?: number,
): Evolved {
  const { verdict: _old, ...fresh } = execution;
  const state = { phase: 'verifying', plan, nextAt: at, deadline: at + limits.withinMs } as const;
  if (step === undefined) return become({ ...fresh, samples: [] }, state);
  const verification = { startedAt: at, samples: [] };
  return become(withStep(fresh, step, { verification }), { ...state, step });
}

/** The last step is in force, and healthy if it was to prove that: the result of all steps is judged now. */
export function judgeResult(execution: Execution, plan: readonly StepPlan[], detail: string, at: Instant): Evolved {
  const { verify } = execution.orders;
  return verify === undefined
    ? finish(execution, plan, detail, at)
    : startVerifying(execution, plan, verify.limits, at);
}

/** The probe answered once more. */
export function sampled(execution: Execution, event: Of<'sampled'>, at: Instant): Evolved {
  const under = underWay(execution, event, 'a sample');
  if (!under.ok) return under;
  const { state, limits } = under;
  const next = withSample(execution, state.step, event.sample);
  const verdict = judge(samplesOf(next, state.step), limits, baselineOf(next, state.step));
  if (verdict === 'pending') return become(next, { ...state, nextAt: at + limits.everyMs });
  return conclude(next, state, verdict, at);
}

/** The time for verification is over. */
export function verificationEnded(execution: Execution, event: Of<'verification-ended'>, at: Instant): Evolved {
  const under = underWay(execution, event, 'the end of verification');
  if (!under.ok) return under;
  const { state, limits } = under;
  if (at < state.deadline) return refuse('not-in-phase', 'there is still time to verify');
  const samples = samplesOf(execution, state.step);
  return conclude(execution, state, judgeAtDeadline(samples, limits, baselineOf(execution, state.step)), at);
}

type UnderWay =
  { readonly ok: true; readonly state: Verifying; readonly limits: VerifyLimits } | Extract<Evolved, { ok: false }>;

/** What one verification has heard never counts for another one. */
function underWay(execution: Execution, { step }: { readonly step?: number }, what: string): UnderWay {
  const { state, orders } = execution;
  const phase = `${what} has no meaning in phase ${state.phase}`;
  if (state.phase !== 'verifying') return { ok: false, because: 'not-in-phase', detail: phase };
  const verify = verifyOrder(orders, state.step);
  if (verify === undefined || state.step !== step)
    return { ok: false, because: 'not-in-phase', detail: `${what} belongs to another verification` };
  return { ok: true, state, limits: verify.limits };
}

/** Gives what was measured in the verification of a step, or of the result; oldest first. */
export function samplesOf({ samples, steps }: Execution, step: number | undefined): readonly Sample[] {
  return step === undefined ? samples : (steps[step]?.verification?.samples ?? []);
}

function withSample(execution: Execution, step: number | undefined, sample: Sample): Execution {
  const samples = [...samplesOf(execution, step), sample];
  return step === undefined ? { ...execution, samples } : withVerification(execution, step, { samples });
}

function withVerification(execution: Execution, step: number, change: Partial<StepVerification>): Execution {
  const verification = execution.steps[step]?.verification;
  return verification === undefined
    ? execution
    : withStep(execution, step, { verification: { ...verification, ...change } });
}

function baselineOf({ baseline = [], orders }: Execution, step: number | undefined): readonly GuardSample[] {
  const name = step === undefined ? undefined : orders.steps[step]?.name;
  return baseline.filter((guard) => guard.step === name);
}

function conclude(execution: Execution, state: Verifying, verdict: Judged, at: Instant): Evolved {
  const last = describe(samplesOf(execution, state.step).at(-1));
  if (state.step !== undefined) return concludeStep(execution, state, { step: state.step, verdict, last }, at);
  const judged: Execution = { ...execution, verdict };
  if (judged.mode === 'observe') return close(judged, 'dry-run', `${OBSERVED}; ${withoutIt(verdict)}: ${last}`, at);
  if (verdict === 'healthy') return finish(verified(judged, at), state.plan, `applied and verified: ${last}`, at);
  return failed(judged, state, { verdict, last }, at);
}

/** A healthy step leads to the next one; any other verdict is one on the whole execution. */
function concludeStep(
  execution: Execution,
  state: Verifying,
  { step, verdict, last }: { readonly step: number; readonly verdict: Judged; readonly last: string },
  at: Instant,
): Evolved {
  const { plan } = state;
  const judged = withVerification(execution, step, { finishedAt: at, verdict });
  const name = execution.steps[step]?.name ?? step;
  if (verdict !== 'healthy')
    return failed({ ...judged, verdict }, state, { verdict, last: `after step ${name}: ${last}` }, at);
  if (step + 1 < plan.length) return become(judged, { phase: 'applying', plan, ...nextStep(execution, step + 1, at) });
  const isResult = execution.orders.verify === undefined;
  return judgeResult(
    isResult ? verified({ ...judged, verdict }, at) : judged,
    plan,
    `applied and verified: ${last}`,
    at,
  );
}

function verified(execution: Execution, at: Instant): Execution {
  return { ...execution, timeline: { ...execution.timeline, verifiedAt: at } };
}

function failed(
  execution: Execution,
  state: Verifying,
  { verdict, last }: { readonly verdict: Exclude<Judged, 'healthy'>; readonly last: string },
  at: Instant,
): Evolved {
  switch (verdict) {
    case 'unhealthy':
      if (execution.orders.onUnhealthy === 'revert')
        return startReverting(execution, state.plan, 'unhealthy', last, at);
      return hold(execution, state, `the change did not help: ${last}`, at);
    case 'worse':
      return startReverting(execution, state.plan, 'worse', `the change did harm: ${last}`, at);
    case 'unknown':
      return hold(execution, state, `nobody can say whether the change helped: ${last}`, at);
  }
}

/** What the probe showed while nothing was done. */
function withoutIt(verdict: Judged): string {
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

function hold(execution: Execution, { plan, step }: Verifying, cause: string, at: Instant): Evolved {
  const resume = { at: 'verify', ...(step === undefined ? {} : { step }) } as const;
  return become(execution, { phase: 'held', plan, cause, since: at, resume });
}

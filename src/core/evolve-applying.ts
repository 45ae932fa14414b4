import type { Instant } from './alert.js';
import { formatDuration } from './duration.js';
import { isFresh } from './evolve-beginning.js';
import { judgeResult, startVerifying } from './evolve-judging.js';
import { startReverting } from './evolve-reverting.js';
import {
  become,
  close,
  closeInTime,
  hasBegun,
  nextStep,
  refuse,
  startByOf,
  withStep,
  wrongPhase,
  type Evolved,
} from './evolved.js';
import type { Event } from './event.js';
import type { Effect, Execution, Intent, State, StepRecord } from './execution.js';
import { needsPerson } from './lowered.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Applying = Extract<State, { phase: 'applying' }>;

/** How often a target that does not say whether a change took is asked before a person is. */
export const MAX_UNANSWERED = 5;
const ASK_AGAIN_MS = 1_000;

/** Gives the intent of the step under way, if there is one. */
export function intentOf(effect: Effect): Intent | undefined {
  return effect.is === 'none' ? undefined : effect.intent;
}

/** The effect was announced; from here on only its target knows whether it happened. Going on with it is the same attempt. */
export function intended(execution: Execution, event: Of<'apply-intended'>): Evolved {
  const { state } = execution;
  if (state.phase !== 'applying' || state.step !== event.step) return wrongPhase(execution, 'an intent to apply');
  const goesOn = state.effect.is === 'unfinished';
  if (state.effect.is !== 'none' && !goesOn) return refuse('under-way', 'this step is under way already');
  if (event.intent.at >= (state.startBy ?? Infinity)) return refuse('expired', 'the time to begin is over');
  if (!hasBegun(execution) && !isFresh(state, event.intent.at))
    return refuse('expired', 'the plan is too old: it is made again first');
  if (needsPerson(execution)) return refuse('not-in-phase', 'the plan asks for a person, and nobody has agreed');
  if (event.intent.epoch <= execution.epoch) return refuse('old-epoch', 'the right to act was lost');
  const started = execution.steps[event.step]?.startedAt ?? event.intent.at;
  const attempt = state.attempt + (goesOn ? 0 : 1);
  const next = withStep(execution, event.step, { state: 'intended', attempts: attempt, startedAt: started });
  const first = execution.steps[event.step]?.state === 'waiting';
  const mark = { ...(goesOn ? { goesOn } : {}), ...(first ? { first } : {}) };
  const effect: Effect = { is: 'intended', intent: event.intent, ...mark };
  return become({ ...next, epoch: event.intent.epoch }, { ...state, attempt, effect });
}

/** An intent was saved, and then, for sure, nothing was sent: as if it had not been announced. */
export function withheld(execution: Execution, event: Of<'apply-withheld'>, at: Instant): Evolved {
  const under = underWay(execution, event, 'a withheld step');
  if (!under.ok) return under;
  const { state, intent } = under;
  if (state.effect.is !== 'intended') return wrongPhase(execution, 'a withheld step');
  const notBefore = at + ASK_AGAIN_MS;
  if (state.effect.goesOn === true)
    return become(execution, { ...state, notBefore, effect: { is: 'unfinished', intent } });
  const attempt = state.attempt - 1;
  const { first = false } = state.effect;
  const steps = execution.steps.map((step, i) => (i === event.step ? unannounced(step, attempt, first) : step));
  const next: Execution = { ...execution, steps };
  // while it was announced it did not count as not begun, and the news of the resolve went by
  if (next.resolvedAt !== undefined && !hasBegun(next)) return closeInTime(next, at);
  return become(next, { ...state, attempt, notBefore, effect: { is: 'none' } });
}

/** The step as it was before its last intent: when that was its first, it has not begun at all. */
function unannounced(step: StepRecord, attempts: number, first: boolean): StepRecord {
  if (!first) return { ...step, attempts };
  const { startedAt: _never, ...record } = step;
  return { ...record, state: 'waiting', attempts };
}

/** The change is in force, as the action said or as the target showed. */
export function applied(execution: Execution, event: Of<'applied'>, at: Instant): Evolved {
  const under = underWay(execution, event, 'an applied step');
  if (!under.ok) return under;
  const { state } = under;
  const isLast = event.step + 1 >= state.plan.length;
  const begun = { ...execution.timeline, firstEffectAt: execution.timeline.firstEffectAt ?? at };
  const timeline = isLast ? { ...begun, appliedAt: at } : begun;
  const next = { ...withStep(execution, event.step, { state: 'applied', finishedAt: at }), timeline };
  const verify = execution.orders.steps[event.step]?.verify;
  if (verify !== undefined) return startVerifying(next, state.plan, verify.limits, at, event.step);
  if (!isLast) return become(next, { ...state, ...nextStep(execution, event.step + 1, at) });
  return judgeResult(next, state.plan, 'applied; the runbook names no verification', at);
}

/** The change has begun and is asked about again with the same key, for as long as all attempts together may take. */
export function unfinished(execution: Execution, event: Of<'apply-unfinished'>, at: Instant): Evolved {
  const under = underWay(execution, event, 'an unfinished step');
  if (!under.ok) return under;
  const timeline = { ...execution.timeline, firstEffectAt: execution.timeline.firstEffectAt ?? at };
  const { intent, state } = under;
  const order = execution.orders.steps[event.step];
  const startedAt = execution.steps[event.step]?.startedAt ?? at;
  if (order !== undefined && at - startedAt >= order.timeoutMs * order.attempts) {
    const detail = `not finished after ${formatDuration(at - startedAt)}`;
    return become(
      { ...execution, timeline },
      { ...state, effect: { is: 'in-doubt', intent, detail, again: false, unanswered: 0 } },
    );
  }
  const notBefore = at + event.againInMs;
  const effect: Effect = { is: 'unfinished', intent };
  return become({ ...execution, timeline }, { ...state, notBefore, startBy: startByOf(execution, notBefore), effect });
}

/** The call broke off: the effect may have happened or may still happen. */
export function doubtful(execution: Execution, event: Of<'apply-doubtful'>): Evolved {
  const under = underWay(execution, event, 'a doubtful step');
  if (!under.ok) return under;
  const effect: Effect = {
    is: 'in-doubt',
    intent: under.intent,
    detail: event.detail,
    again: event.again,
    unanswered: 0,
  };
  return become(withStep(execution, event.step, { error: event.detail }), { ...under.state, effect });
}

/** The target shows that the change did not take: once more with the same key, or give up and take back what was done. */
export function refuted(execution: Execution, event: Of<'apply-refuted'>, at: Instant): Evolved {
  const under = underWay(execution, event, 'a refuted step');
  if (!under.ok) return under;
  const { state } = under;
  const order = execution.orders.steps[event.step];
  if (event.again && order !== undefined && state.attempt < order.attempts) {
    const notBefore = at + order.backoffMs * 2 ** (state.attempt - 1);
    return become(withStep(execution, event.step, { error: event.detail }), {
      ...state,
      notBefore,
      startBy: startByOf(execution, notBefore),
      effect: { is: 'none' },
    });
  }
  const failed = withStep(execution, event.step, { state: 'failed', finishedAt: at, error: event.detail });
  if (event.step === 0 && state.plan[0]?.reversible === false) {
    return close(failed, 'failed', `the change did not take: ${event.detail}`, at);
  }
  return startReverting(failed, state.plan, 'apply-failed', event.detail, at);
}

/** The target could not be asked: wait a little, and after some times leave it to a person. */
export function unanswered(execution: Execution, event: Of<'apply-unanswered'>, at: Instant): Evolved {
  const under = underWay(execution, event, 'an unanswered question');
  if (!under.ok) return under;
  const { state, intent } = under;
  const { again, unanswered: before } = state.effect.is === 'in-doubt' ? state.effect : { again: true, unanswered: 0 };
  const count = before + 1;
  if (count >= MAX_UNANSWERED) {
    const cause = `nobody knows whether step ${state.plan[event.step]?.step ?? event.step} took: ${event.detail}`;
    return become(execution, {
      phase: 'held',
      plan: state.plan,
      cause,
      since: at,
      resume: { at: 'apply', step: event.step, intent },
    });
  }
  const effect: Effect = { is: 'in-doubt', intent, detail: event.detail, again, unanswered: count };
  return become(execution, { ...state, notBefore: at + ASK_AGAIN_MS * count, effect });
}

type UnderWay =
  { readonly ok: true; readonly state: Applying; readonly intent: Intent } | Extract<Evolved, { ok: false }>;

/** An outcome counts only for the intent that it belongs to: what a process says that was overtaken is refused. */
function underWay(execution: Execution, event: { step: number; epoch: number }, what: string): UnderWay {
  const { state } = execution;
  if (state.phase !== 'applying' || state.step !== event.step || state.effect.is === 'none') {
    return { ok: false, because: 'not-in-phase', detail: `${what} has no meaning in phase ${state.phase}` };
  }
  if (state.effect.intent.epoch !== event.epoch) {
    return { ok: false, because: 'old-epoch', detail: `${what} belongs to an attempt that was overtaken` };
  }
  return { ok: true, state, intent: state.effect.intent };
}

import type { Instant } from '../../../src/core/alert.js';
import type { Event } from '../../../src/core/event.js';
import type { Execution } from '../../../src/core/execution.js';
import { goesLessFar } from '../../../src/core/lowered.js';
import { wrongOf, type Check } from './legal.js';

/** An event that was taken, and what it made of an execution. */
export interface Step {
  readonly before: Execution;
  readonly event: Event;
  readonly at: Instant;
  readonly after: Execution;
}

/** Lists what is impossible about one event that was taken; empty for every one that `evolve` may ever take. */
export function legalMove(move: Step): string[] {
  const { before, event, after } = move;
  const [from, to] = [before.state.phase, after.state.phase];
  const checks = [
    ...ofMode(move),
    ...ofQuestion(move),
    ...ofVerification(move),
    ...ofLease(move),
    ...ofTime(move),
    ...ofEscalation(move),
  ];
  return wrongOf(checks).map((otherwise) => `${event.type}: ${from} -> ${to}: not so: ${otherwise}`);
}

function ofMode({ before, event, after }: Step): Check[] {
  const begun = before.steps.some((step) => step.state !== 'waiting');
  const changed = before.mode !== after.mode;
  return [
    [!goesLessFar(before.mode, after.mode), 'it never goes further than before'],
    [!changed || !begun, 'what has begun goes on as it is'],
    [!changed || event.type === 'planned' || event.type === 'lowered', 'only a plan or less trust lowers it'],
    [after.mode !== 'observe' || sameSteps(before, after), 'observing touches nothing'],
  ];
}

function ofQuestion({ before, event, after }: Step): Check[] {
  const [was, is] = [before.state, after.state];
  const asks = is.phase === 'awaiting-approval';
  const asked = was.phase === 'awaiting-approval';
  if (asks && asked && was.digest !== is.digest) {
    return [
      [is.grants.length === 0 && is.agreed === undefined, 'I8: another plan needs agreement from the beginning'],
      [is.changed !== undefined, 'I8: another plan says what changed'],
    ];
  }
  if (asks && asked && event.type !== 'approved')
    return [[is.grants === was.grants, 'I8: only an approval is a grant']];
  if (!asked || is.phase !== 'applying') return [];
  return [
    [
      event.type === 'planned' && event.digest === was.digest,
      'I8: what begins is the plan that was agreed to, made again',
    ],
    [was.agreed !== undefined, 'I8: what begins was agreed to'],
    [is.startBy === was.expiresAt, 'I8: what begins does so before the end of the question'],
  ];
}

/** What one verification has heard is not heard by another one, and only a healthy step leads to the next one. */
function ofVerification({ before, event, after }: Step): Check[] {
  const [was, is] = [before.state, after.state];
  const heard = event.type === 'sampled' || event.type === 'verification-ended' ? event.step : undefined;
  const others = before.steps.flatMap(({ verification }, i) =>
    i === heard || verification === after.steps[i]?.verification || isAnew(after, i) ? [] : [i],
  );
  const apart: Check = [others.length === 0, 'the verification of another step is left alone'];
  if (was.phase !== 'verifying') return [apart];
  const ofStep = was.step === undefined ? undefined : after.steps[was.step];
  return [
    apart,
    [event.type !== 'sampled' || event.step === was.step, 'a sample counts for its own verification only'],
    [
      is.phase !== 'applying' || (ofStep?.verification?.verdict === 'healthy' && is.step === (was.step ?? NaN) + 1),
      'a healthy step leads to the next one',
    ],
    [
      !(is.phase === 'verifying' && is.step !== was.step) || ofStep?.verification?.verdict === 'healthy',
      'the result is judged after a healthy last step',
    ],
  ];
}

/** It is being verified from the beginning. */
function isAnew({ state, steps }: Execution, step: number): boolean {
  return state.phase === 'verifying' && state.step === step && steps[step]?.verification?.samples.length === 0;
}

function ofLease({ before, event, at, after }: Step): Check[] {
  const [was, is] = [before.state, after.state];
  if (was.phase !== 'holding') return [];
  if (event.type === 'lease-extended' && is.phase === 'holding') {
    return [
      [before.alert !== undefined && before.resolvedAt === undefined, 'I11: only a firing alert extends a lease'],
      [is.since === was.since, 'I11: an extended lease began when it began'],
      [is.leaseUntil > at, 'I11: an extended lease goes on'],
    ];
  }
  return [[is.phase !== 'holding' || is.leaseUntil === was.leaseUntil, 'I11: nothing else moves the end of a lease']];
}

/** What begins, begins in time; what can be taken back is taken back or held when its time is over. */
function ofTime({ before, event, after }: Step): Check[] {
  const { state } = before;
  if (event.type !== 'apply-intended' || state.phase !== 'applying') return [];
  return [
    [event.intent.at < (state.startBy ?? 0), 'I8: nothing is begun too late'],
    [after.state.phase === 'applying', 'what is announced is being applied'],
  ];
}

function ofEscalation({ before, after }: Step): Check[] {
  const [was, is] = [before.escalation?.is, after.escalation?.is];
  if (was === is) return [];
  if (was === undefined) return [[is === 'due' && before.state.phase !== 'closed', 'an escalation begins at the end']];
  return [[was === 'due' && (is === 'opened' || is === 'refused'), 'an escalation is answered once']];
}

function sameSteps(before: Execution, after: Execution): boolean {
  return JSON.stringify(before.steps) === JSON.stringify(after.steps);
}

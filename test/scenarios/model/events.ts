import type { Instant } from '../../../src/core/alert.js';
import type { Event, EventType } from '../../../src/core/event.js';
import type { Execution, Intent, Lowered } from '../../../src/core/execution.js';
import { verifyOrder } from '../../../src/core/orders.js';
import type { StepPlan } from '../../../src/core/step-plan.js';
import type { GuardSample, Mode, Sample as ProbeSample } from '../../../src/core/runbook.js';
import { effectKey, planDigest } from '../../../src/core/plan-digest.js';
import { aPlan } from '../../../src/testing/examples.js';

/** What a probe may say. */
export type Status = ProbeSample['status'];

/** What makes one sample of an event: sensible values come from the execution, the others are made up. */
export interface Sample {
  readonly execution: Execution;
  readonly at: Instant;
  /** Which steps can be taken back; those without an entry can. */
  readonly reversible: readonly boolean[];
  readonly step: number;
  /** Whose verification a sample belongs to; undefined for that of the result. */
  readonly judges: number | undefined;
  readonly epoch: number;
  readonly again: boolean;
  readonly status: Status;
  /** What the guard metrics say. */
  readonly guard: Status;
  readonly by: Person;
  readonly digest: string;
  /** What the target holds when a plan is made: another value makes another plan. */
  readonly found: string;
  /** How long making a plan took. */
  readonly planMs: number;
  /** The plan asks for a person. */
  readonly asks: boolean;
  /** How far the runbook is trusted to go; undefined when it is trusted fully. */
  readonly trust: Mode | undefined;
  /** People who agreed earlier and may not any more. */
  readonly lapsed: readonly Person[];
}

/** Who may say something, with the roles that they hold; `alertmanager` is who asked for every execution of the model. */
export const ROLES = {
  ada: ['sre'],
  grace: ['architecture'],
  linus: ['sre', 'business'],
  alertmanager: ['sre'],
} as const;

/** Somebody of the model. */
export type Person = keyof typeof ROLES;

/** All goes well and nothing has changed. */
export const PLAIN = {
  again: true,
  status: 'healthy',
  guard: 'healthy',
  by: 'ada',
  found: 'a',
  planMs: 0,
  asks: false,
  trust: undefined,
  lapsed: [],
} as const satisfies Partial<Sample>;

type Makers = { readonly [T in EventType]: (sample: Sample) => Extract<Event, { type: T }> };

const reason = 'looked at it';

const MAKERS: Makers = {
  opened: ({ execution }) => ({ type: 'opened', execution }),
  planned: (sample) => {
    const { execution, trust, at, planMs } = sample;
    const since = at - planMs;
    const baseline = baselineOf(sample);
    const lowered = trust === undefined ? {} : { lowered: loweredTo(execution, trust) };
    return {
      type: 'planned',
      ...planOfSteps(sample),
      since,
      ...(baseline.length === 0 ? {} : { baseline }),
      ...lowered,
    };
  },
  'not-needed': () => ({ type: 'not-needed', detail: 'it is so already' }),
  'plan-failed': ({ again, guard }) => ({
    type: 'plan-failed',
    detail: 'no answer',
    again,
    ...(guard === 'error' ? { guard: 'precondition' } : {}),
  }),
  blocked: () => ({ type: 'blocked', because: 'precondition', detail: 'it is not so' }),
  lowered: ({ execution, trust = 'approve' }) => ({ type: 'lowered', lowered: loweredTo(execution, trust) }),
  approved: ({ by, digest, lapsed }) => ({ type: 'approved', by, digest, roles: ROLES[by], lapsed }),
  rejected: ({ by }) => ({ type: 'rejected', by, reason }),
  'approval-expired': () => ({ type: 'approval-expired' }),
  'start-expired': () => ({ type: 'start-expired' }),
  'apply-intended': (sample) => ({ type: 'apply-intended', step: sample.step, intent: intentOf(sample, 'apply') }),
  'apply-withheld': ({ step, epoch }) => ({ type: 'apply-withheld', step, epoch, detail: 'paused' }),
  applied: ({ execution, step, epoch }) => ({ type: 'applied', step, key: keyOf(execution, step, 'apply'), epoch }),
  'apply-unfinished': ({ step, epoch }) => ({ type: 'apply-unfinished', step, epoch, againInMs: 2_000 }),
  'apply-doubtful': ({ step, epoch, again }) => ({ type: 'apply-doubtful', step, epoch, detail: 'no answer', again }),
  'apply-refuted': ({ step, epoch, again }) => ({ type: 'apply-refuted', step, epoch, detail: 'it is not so', again }),
  'apply-unanswered': ({ step, epoch }) => ({ type: 'apply-unanswered', step, epoch, detail: 'no answer' }),
  sampled: (sample) => {
    const { at, status, execution, judges } = sample;
    const order = verifyOrder(execution.orders, judges);
    const guards = (order?.guards ?? []).map(({ name }) => saidBy(name, sample));
    const measured = { at, status, detail: status };
    return { type: 'sampled', ...of(judges), sample: guards.length === 0 ? measured : { ...measured, guards } };
  },
  'verification-ended': ({ judges }) => ({ type: 'verification-ended', ...of(judges) }),
  'lease-extended': () => ({ type: 'lease-extended' }),
  'lease-ended': () => ({ type: 'lease-ended' }),
  'clear-long-enough': () => ({ type: 'clear-long-enough' }),
  'revert-intended': (sample) => ({ type: 'revert-intended', step: sample.step, intent: intentOf(sample, 'revert') }),
  reverted: ({ step, epoch }) => ({ type: 'reverted', step, epoch }),
  'revert-unfinished': ({ step, epoch }) => ({ type: 'revert-unfinished', step, epoch, againInMs: 2_000 }),
  'revert-failed': ({ step, epoch, again }) => ({
    type: 'revert-failed',
    step,
    epoch,
    detail: 'the target said no',
    again,
  }),
  'alert-resolved': ({ at }) => ({ type: 'alert-resolved', endsAt: at }),
  'alert-refired': ({ at }) => ({ type: 'alert-refired', startsAt: at }),
  escalated: () => ({ type: 'escalated', executionId: 'e2' }),
  'escalation-refused': () => ({ type: 'escalation-refused', detail: 'no' }),
  cancelled: ({ by }) => ({ type: 'cancelled', by, reason }),
  'revert-asked': ({ by }) => ({ type: 'revert-asked', by, reason }),
  'retry-asked': ({ by }) => ({ type: 'retry-asked', by, reason }),
  accepted: ({ by }) => ({ type: 'accepted', by, reason }),
};

/** Names of all events, in the order of an execution's life. */
export const EVENT_TYPES: readonly EventType[] = Object.keys(MAKERS).filter((name): name is EventType =>
  Object.hasOwn(MAKERS, name),
);

/** Makes one sample of an event. */
export function anEvent(type: EventType, sample: Sample): Event {
  return MAKERS[type](sample);
}

/** Gives the step, epoch and digest that fit an execution as it stands; an intent needs the next epoch. */
export function fitting(execution: Execution, type: EventType): Pick<Sample, 'step' | 'judges' | 'epoch' | 'digest'> {
  const { state, epoch } = execution;
  const step = state.phase === 'applying' ? state.step : state.phase === 'reverting' ? state.next : 0;
  const isIntent = type === 'apply-intended' || type === 'revert-intended';
  const judges = state.phase === 'verifying' ? state.step : undefined;
  return {
    step,
    judges,
    epoch: isIntent ? epoch + 1 : epoch,
    digest: state.phase === 'awaiting-approval' ? state.digest : '',
  };
}

interface Planned {
  readonly plan: readonly StepPlan[];
  readonly digest: string;
}

/** A digest takes its time, and the model plans very often. */
const plans = new WeakMap<Execution['orders']['steps'], Map<string, Planned>>();

function planOfSteps({ execution: { orders, target }, reversible, found, asks }: Sample): Planned {
  const known = plans.get(orders.steps) ?? new Map<string, Planned>();
  plans.set(orders.steps, known);
  const which = `${target} ${reversible.join()} ${found} ${asks}`;
  const before = known.get(which);
  if (before !== undefined) return before;
  const plan = aPlan(orders).map((step, i) => ({
    ...step,
    changes: step.changes.map((change) => ({ ...change, from: found })),
    before: found,
    reversible: reversible[i] ?? true,
    // the last step, so that one that is far away counts as well
    ...(asks && i === orders.steps.length - 1 ? { asks: 'something may be lost' } : {}),
  }));
  const made = { plan, digest: planDigest(target, orders.steps, plan) };
  known.set(which, made);
  return made;
}

function baselineOf(sample: Sample): GuardSample[] {
  const { steps, verify } = sample.execution.orders;
  const ofResult = (verify?.guards ?? []).map(({ name }) => saidBy(name, sample));
  const ofSteps = steps.flatMap((step) =>
    (step.verify?.guards ?? []).map(({ name }) => ({ ...saidBy(name, sample), step: step.name })),
  );
  return [...ofResult, ...ofSteps];
}

function saidBy(name: string, { at, guard }: Sample): GuardSample {
  return { name, at, status: guard, detail: guard };
}

function of(step: number | undefined): { readonly step?: number } {
  return step === undefined ? {} : { step };
}

function loweredTo({ mode }: Execution, to: Mode): Lowered {
  return { from: mode, to, why: 'not-verified', detail: 'three times' };
}

function intentOf({ execution, step, epoch, at }: Sample, direction: 'apply' | 'revert'): Intent {
  return { key: keyOf(execution, step, direction), epoch, owner: 'w', at, deadline: at + 30_000 };
}

function keyOf(execution: Execution, step: number, direction: 'apply' | 'revert'): string {
  return effectKey(execution.id, execution.orders.steps[step]?.name ?? String(step), direction);
}

import type { Instant } from '../../../src/core/alert.js';
import type { Event, EventType } from '../../../src/core/event.js';
import type { Execution, Intent, StepPlan } from '../../../src/core/execution.js';
import { effectKey, planDigest } from '../../../src/core/plan-digest.js';
import { aPlan } from '../../../src/testing/examples.js';

/** What makes one sample of an event: sensible values come from the execution, the others are made up. */
export interface Sample {
  readonly execution: Execution;
  readonly at: Instant;
  /** Which steps can be taken back; those without an entry can. */
  readonly reversible: readonly boolean[];
  readonly step: number;
  readonly epoch: number;
  readonly again: boolean;
  readonly status: 'healthy' | 'unhealthy' | 'unknown';
  readonly by: string;
  readonly digest: string;
}

type Makers = { readonly [T in EventType]: (sample: Sample) => Extract<Event, { type: T }> };

const reason = 'looked at it';

const MAKERS: Makers = {
  opened: ({ execution }) => ({ type: 'opened', execution }),
  planned: (sample) => {
    const plan = planOfSteps(sample);
    return { type: 'planned', plan, digest: planDigest(sample.execution.target, sample.execution.orders.steps, plan) };
  },
  'not-needed': () => ({ type: 'not-needed', detail: 'it is so already' }),
  'plan-failed': ({ again }) => ({ type: 'plan-failed', detail: 'the target said no', again }),
  approved: ({ by, digest }) => ({ type: 'approved', by, digest }),
  rejected: ({ by }) => ({ type: 'rejected', by, reason }),
  'approval-expired': () => ({ type: 'approval-expired' }),
  'apply-intended': (sample) => ({ type: 'apply-intended', step: sample.step, intent: intentOf(sample, 'apply') }),
  applied: ({ execution, step, epoch }) => ({ type: 'applied', step, key: keyOf(execution, step, 'apply'), epoch }),
  'apply-unfinished': ({ step, epoch }) => ({ type: 'apply-unfinished', step, epoch, againInMs: 2_000 }),
  'apply-doubtful': ({ step, epoch, again }) => ({ type: 'apply-doubtful', step, epoch, detail: 'no answer', again }),
  'apply-refuted': ({ step, epoch, again }) => ({ type: 'apply-refuted', step, epoch, detail: 'it is not so', again }),
  'apply-unanswered': ({ step, epoch }) => ({ type: 'apply-unanswered', step, epoch, detail: 'no answer' }),
  sampled: ({ at, status }) => ({ type: 'sampled', sample: { at, status, detail: status } }),
  'verification-ended': () => ({ type: 'verification-ended' }),
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
export function fitting(execution: Execution, type: EventType): Pick<Sample, 'step' | 'epoch' | 'digest'> {
  const { state, epoch } = execution;
  const step = state.phase === 'applying' ? state.step : state.phase === 'reverting' ? state.next : 0;
  const isIntent = type === 'apply-intended' || type === 'revert-intended';
  return { step, epoch: isIntent ? epoch + 1 : epoch, digest: state.phase === 'awaiting-approval' ? state.digest : '' };
}

function planOfSteps({ execution, reversible }: Sample): StepPlan[] {
  return aPlan(execution.orders).map((step, i) => ({ ...step, reversible: reversible[i] ?? true }));
}

function intentOf({ execution, step, epoch, at }: Sample, direction: 'apply' | 'revert'): Intent {
  return { key: keyOf(execution, step, direction), epoch, owner: 'w', at, deadline: at + 30_000 };
}

function keyOf(execution: Execution, step: number, direction: 'apply' | 'revert'): string {
  return effectKey(execution.id, execution.orders.steps[step]?.name ?? String(step), direction);
}

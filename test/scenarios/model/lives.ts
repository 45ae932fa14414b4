import fc from 'fast-check';
import type { Instant } from '../../../src/core/alert.js';
import { evolve } from '../../../src/core/evolve.js';
import type { Event, EventType, JournalEntry } from '../../../src/core/event.js';
import type { Execution } from '../../../src/core/execution.js';
import type { Orders } from '../../../src/core/orders.js';
import { nextMove } from '../../../src/core/next-move.js';
import type { ApprovalRule } from '../../../src/core/runbook.js';
import { parseWindow } from '../../../src/core/window.js';
import { anAlert, anExecution, someOrders } from '../../../src/testing/examples.js';
import { anEvent, EVENT_TYPES, fitting, PLAIN, type Sample } from './events.js';

/** A fresh execution, and which of its steps can be taken back. */
export interface Beginning {
  readonly execution: Execution;
  readonly reversible: readonly boolean[];
}

/** One thing that happens in a made-up life: what the engine would do next, or any event, sensible or not. */
export interface Happening extends Omit<Sample, 'execution' | 'reversible' | 'at' | 'digest'> {
  readonly what: 'next' | EventType;
  /** Fits the execution as it stands; otherwise step, epoch and digest are made up. */
  readonly fits: boolean;
  /** Picks one of the answers that the world may give. */
  readonly pick: number;
  readonly afterMs: number;
}

/** Everything goes well, at once. */
export const GOOD: Omit<Happening, 'what'> = {
  ...PLAIN,
  fits: true,
  step: 0,
  judges: undefined,
  epoch: 0,
  pick: 0,
  afterMs: 0,
};

/** One moment of a life: what was tried, and what the execution is afterwards. */
export interface Moment {
  readonly event: Event;
  readonly at: Instant;
  readonly before: Execution;
  readonly after: Execution;
  readonly taken: boolean;
}

const limits = { everyMs: 1_000, healthy: 2, unhealthy: 2, unknown: 2, error: 3, worse: 1, withinMs: 10_000 };
const guards = [{ name: 'errors', probe: 'pretend/guard', with: {} }];
const judged = { probe: 'pretend/state', with: {}, limits, guards };
const stage = { ...judged, limits: { ...limits, everyMs: 200, healthy: 1, unhealthy: 1 } };
const rules = fc.constantFrom<ApprovalRule>(
  { required: 1, withinMs: 60_000 },
  { required: 2, withinMs: 60_000, onExpiry: 'escalate' },
  { required: 1, roles: ['sre'], withinMs: 60_000 },
  { required: 1, roles: ['sre', 'architecture'], withinMs: 60_000 },
  { required: 3, roles: ['sre', 'sre'], withinMs: 60_000 },
);
const never = parseWindow('1970-01-01/2030-01-01');
const windows = never.ok ? { windows: { only: [], never: [never.window] } } : {};
const stepKinds = fc.array(
  fc.record({
    attempts: fc.integer({ min: 1, max: 3 }),
    reversible: fc.boolean(),
    verified: fc.constantFrom({}, {}, { verify: judged }, { verify: stage }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Orders of many kinds, but for their steps. */
const orderings: fc.Arbitrary<Partial<Orders>> = fc
  .record({
    verified: fc.constantFrom({}, { verify: judged }),
    lease: fc.constantFrom({}, { leaseMs: 1_000 }, { leaseMs: 600_000 }, { leaseMs: 5_000, leaseMaxMs: 60_000 }),
    escalation: fc.constantFrom({}, { escalate: 'next-one' }),
    closed: fc.constantFrom({}, {}, {}, {}, windows),
    onResolved: fc.constantFrom('keep', 'revert'),
    onUnhealthy: fc.constantFrom('revert', 'hold'),
    approval: rules,
  })
  .map(({ verified, lease, escalation, closed, ...rest }) => ({
    ...rest,
    ...verified,
    ...lease,
    ...escalation,
    ...closed,
  }));

/** Executions of many kinds, just opened. */
export const beginnings: fc.Arbitrary<Beginning> = fc
  .record({
    steps: stepKinds,
    allReversible: fc.boolean(),
    ordered: orderings,
    mode: fc.constantFrom('auto', 'auto', 'auto', 'approve', 'approve', 'observe'),
    dryRun: fc.constantFrom(false, false, false, false, true),
    byHand: fc.constantFrom(false, false, false, true),
  })
  .map(({ steps, allReversible, ordered, mode, dryRun, byHand }) => {
    const one = { uses: 'pretend/set', with: {}, timeoutMs: 30_000, backoffMs: 1_000 };
    const orders = someOrders({
      ...ordered,
      steps: steps.map(({ attempts, verified }, i) => ({ ...one, name: `s${i}`, attempts, ...verified })),
      clearForMs: 5_000,
    });
    const alert = byHand ? {} : { alert: { ...anAlert(), labels: { alertname: 'CenterDown' }, annotations: {} } };
    const execution = anExecution({ orders, mode, dryRun, ...alert });
    return { execution, reversible: steps.map((step) => allReversible || step.reversible) };
  });

/** What may happen next, sensible or not. */
export const happenings: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 5, arbitrary: fc.constant('next' as const) },
    { weight: 4, arbitrary: fc.constantFrom(...EVENT_TYPES) },
  ),
  fits: fc.boolean(),
  step: fc.integer({ min: -1, max: 5 }),
  judges: fc.constantFrom(undefined, undefined, 0, 1, 2, 5),
  asks: fc.constantFrom(false, false, false, false, true),
  epoch: fc.integer({ min: 0, max: 9 }),
  pick: fc.nat({ max: 11 }),
  again: fc.boolean(),
  status: fc.constantFrom('healthy', 'unhealthy', 'unknown', 'error'),
  guard: fc.constantFrom('healthy', 'healthy', 'healthy', 'unhealthy', 'error'),
  by: fc.constantFrom('ada', 'grace', 'linus', 'alertmanager'),
  planMs: fc.constantFrom(0, 0, 0, 0, 1_000, 90_000),
  found: fc.constantFrom('a', 'a', 'a', 'c'),
  trust: fc.constantFrom(undefined, undefined, undefined, undefined, 'observe', 'approve', 'auto'),
  lapsed: fc.constantFrom([], [], [], ['ada'], ['grace', 'linus']),
  afterMs: fc.constantFrom(0, 0, 1, 900, 5_000, 60_000, 900_000),
});

/** Lets everything happen, one after the other. */
export function live({ execution, reversible }: Beginning, all: readonly Happening[]): Moment[] {
  const moments: Moment[] = [];
  let before = execution;
  let at = execution.timeline.openedAt;
  for (const one of all) {
    at += one.afterMs;
    const next = eventOf({ execution: before, reversible }, one, at);
    if (next === undefined) continue;
    ({ at } = next);
    const evolved = evolve(before, next.event, at);
    const after = evolved.ok ? evolved.next : before;
    moments.push({ event: next.event, at, before, after, taken: evolved.ok });
    before = after;
  }
  return moments;
}

/** The journal as a store would have kept it: what was refused does not stand in it. */
export function journalOf(execution: Execution, moments: readonly Moment[]): JournalEntry[] {
  const first: JournalEntry = { seq: 1, at: execution.timeline.openedAt, event: { type: 'opened', execution } };
  return [first, ...moments.filter((one) => one.taken).map(({ at, event }, i) => ({ seq: i + 2, at, event }))];
}

function eventOf(subject: Beginning, one: Happening, at: Instant): { event: Event; at: Instant } | undefined {
  if (one.what === 'next') return follow(subject, one, at);
  return { event: make(subject, one.what, at, one), at };
}

function make({ execution, reversible }: Beginning, type: EventType, at: Instant, one: Omit<Happening, 'what'>): Event {
  const fits = one.fits ? fitting(execution, type) : { digest: 'another plan' };
  return anEvent(type, { ...one, execution, reversible, at, ...fits });
}

/** What the engine would do next, with one of the answers that the world may give; undefined when it rests. */
export function follow(
  subject: Beginning,
  one: Omit<Happening, 'what'>,
  at: Instant,
): { event: Event; at: Instant } | undefined {
  const { execution } = subject;
  const move = nextMove(execution, at);
  const answer = (...types: EventType[]): { event: Event; at: Instant } => {
    const type = types[one.pick % types.length] ?? 'opened';
    return { event: make(subject, type, at, { ...one, fits: true }), at };
  };
  switch (move.do) {
    case 'plan':
      return answer('planned', 'planned', 'planned', 'planned', 'not-needed', 'plan-failed', 'blocked');
    case 'apply':
      return answer('apply-intended', 'apply-intended', 'apply-intended', 'apply-intended', 'lowered', 'blocked');
    case 'escalate':
      return answer('escalated', 'escalation-refused');
    case 'settle':
      return answer(
        'applied',
        'applied',
        'applied',
        'apply-unfinished',
        'apply-doubtful',
        'apply-refuted',
        'apply-unanswered',
        'apply-withheld',
      );
    case 'sample':
      return answer('sampled');
    case 'revert':
      if (move.intent === undefined) return answer('revert-intended');
      return answer('reverted', 'reverted', 'reverted', 'revert-failed', 'revert-unfinished', 'revert-intended');
    case 'note':
      return { event: move.event, at };
    case 'wait':
      // odd ones find somebody at home
      if (execution.state.phase === 'awaiting-approval' && one.pick % 2 === 1) return answer('approved');
      return follow(subject, one, move.until);
    case 'rest':
      return undefined;
  }
}

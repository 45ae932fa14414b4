import fc from 'fast-check';
import type { Instant } from '../../../src/core/alert.js';
import { evolve } from '../../../src/core/evolve.js';
import type { Event, EventType, JournalEntry } from '../../../src/core/event.js';
import type { Execution } from '../../../src/core/execution.js';
import { nextMove } from '../../../src/core/next-move.js';
import { anAlert, anExecution, someOrders } from '../../../src/testing/examples.js';
import { anEvent, EVENT_TYPES, fitting } from './events.js';

/** A fresh execution, and which of its steps can be taken back. */
export interface Beginning {
  readonly execution: Execution;
  readonly reversible: readonly boolean[];
}

/** One thing that happens in a made-up life: what the engine would do next, or any event, sensible or not. */
export interface Happening {
  readonly what: 'next' | EventType;
  /** Fits the execution as it stands; otherwise step, epoch and digest are made up. */
  readonly fits: boolean;
  readonly step: number;
  readonly epoch: number;
  /** Picks one of the answers that the world may give. */
  readonly pick: number;
  readonly again: boolean;
  readonly status: 'healthy' | 'unhealthy' | 'unknown';
  readonly by: string;
  readonly afterMs: number;
}

/** One moment of a life: what was tried, and what the execution is afterwards. */
export interface Moment {
  readonly event: Event;
  readonly at: Instant;
  readonly before: Execution;
  readonly after: Execution;
  readonly taken: boolean;
}

const limits = { everyMs: 1_000, healthy: 2, unhealthy: 2, unknown: 2, withinMs: 10_000 };

/** Executions of many kinds, just opened. */
export const beginnings: fc.Arbitrary<Beginning> = fc
  .record({
    steps: fc.array(fc.record({ attempts: fc.integer({ min: 1, max: 3 }), reversible: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
    allReversible: fc.boolean(),
    verified: fc.boolean(),
    leaseMs: fc.constantFrom(undefined, 1_000, 600_000),
    onResolved: fc.constantFrom('keep', 'revert'),
    onUnhealthy: fc.constantFrom('revert', 'hold'),
    required: fc.integer({ min: 1, max: 2 }),
    mode: fc.constantFrom('auto', 'auto', 'auto', 'approve', 'approve', 'observe'),
    dryRun: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ steps, allReversible, verified, leaseMs, onResolved, onUnhealthy, required, mode, dryRun }) => {
    const orders = someOrders({
      steps: steps.map(({ attempts }, i) => ({
        name: `s${i}`,
        uses: 'pretend/set',
        with: {},
        timeoutMs: 30_000,
        attempts,
        backoffMs: 1_000,
      })),
      ...(verified ? { verify: { probe: 'pretend/state', with: {}, limits } } : {}),
      ...(leaseMs === undefined ? {} : { leaseMs }),
      onResolved,
      onUnhealthy,
      clearForMs: 5_000,
      approval: { required, withinMs: 60_000 },
    });
    const alert = { ...anAlert(), labels: { alertname: 'CenterDown' }, annotations: {} };
    const execution = anExecution({ orders, mode, dryRun, alert });
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
  epoch: fc.integer({ min: 0, max: 9 }),
  pick: fc.nat({ max: 11 }),
  again: fc.boolean(),
  status: fc.constantFrom('healthy', 'unhealthy', 'unknown'),
  by: fc.constantFrom('ada', 'grace', 'alertmanager'),
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
  const { step, epoch, again, status, by } = one;
  const made = { step, epoch, digest: 'another plan' };
  return anEvent(type, {
    execution,
    reversible,
    at,
    again,
    status,
    by,
    ...(one.fits ? fitting(execution, type) : made),
  });
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
      return answer('planned', 'planned', 'planned', 'planned', 'not-needed', 'plan-failed');
    case 'apply':
      return answer('apply-intended');
    case 'settle':
      return answer(
        'applied',
        'applied',
        'applied',
        'apply-unfinished',
        'apply-doubtful',
        'apply-refuted',
        'apply-unanswered',
      );
    case 'sample':
      return answer('sampled');
    case 'revert':
      if (move.intent === undefined) return answer('revert-intended');
      return answer('reverted', 'reverted', 'reverted', 'revert-failed', 'revert-unfinished', 'revert-intended');
    case 'note':
      return { event: move.event, at };
    case 'wait':
      return follow(subject, one, move.until);
    case 'rest':
      return undefined;
  }
}

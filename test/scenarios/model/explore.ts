import type { Instant } from '../../../src/core/alert.js';
import { evolve } from '../../../src/core/evolve.js';
import { samplesOf } from '../../../src/core/evolve-judging.js';
import type { Evolved } from '../../../src/core/evolved.js';
import type { Event, EventType } from '../../../src/core/event.js';
import type { Execution, State } from '../../../src/core/execution.js';
import type { Orders } from '../../../src/core/orders.js';
import { anAlert, anExecution, someOrders } from '../../../src/testing/examples.js';
import { anEvent, EVENT_TYPES, fitting, PLAIN, type Sample } from './events.js';
import type { Beginning } from './lives.js';

/** One arrow: an event that was tried on an execution, and what came of it. */
export interface Tried {
  readonly before: Execution;
  readonly event: Event;
  readonly at: Instant;
  readonly evolved: Evolved;
}

const LATER_MS = 1_000_000_000;
/** Many times what can be reached from any beginning; more means that something grows without bound. */
const MOST = 20_000;

/**
 * Tries every kind of event on every execution that can be reached from a beginning. Executions that differ in times,
 * texts and epochs only count as one, so that the walk ends.
 *
 * @param beginning a fresh execution
 * @param see is told of each try
 */
export function explore({ execution, reversible }: Beginning, see: (tried: Tried) => void): void {
  const known = new Set([shapeOf(execution)]);
  const open = [{ execution, at: execution.timeline.openedAt }];
  for (let subject = open.pop(); subject !== undefined; subject = open.pop()) {
    const { execution: before } = subject;
    for (const at of [subject.at, subject.at + LATER_MS]) {
      for (const event of samples(before, reversible, at)) {
        const evolved = evolve(before, event, at);
        see({ before, event, at, evolved });
        if (!evolved.ok || known.has(shapeOf(evolved.next))) continue;
        known.add(shapeOf(evolved.next));
        if (known.size > MOST) throw new Error(`there is no end to what can be reached: ${shapeOf(evolved.next)}`);
        open.push({ execution: evolved.next, at });
      }
    }
  }
}

const limits = { everyMs: 1_000, healthy: 1, unhealthy: 2, unknown: 2, error: 1, worse: 1, withinMs: 10_000 };
const verify = {
  probe: 'pretend/state',
  with: {},
  limits,
  guards: [{ name: 'errors', probe: 'pretend/guard', with: {} }],
};
const judgements: Partial<Orders>[] = [{}, { verify }];
const leases: Partial<Orders>[] = [{}, { leaseMs: 60_000, leaseMaxMs: 3 * LATER_MS, onResolved: 'revert' }];

/**
 * Beginnings that reach every phase: with and without verification and lease, each mix of steps that can be taken back;
 * and besides, each mode and each other thing that orders may say.
 */
export function everyBeginning(steps: number): Beginning[] {
  const all: Beginning[] = [];
  const add = (change: Partial<Execution>, orders: Partial<Orders>, mix: number): void => {
    const reversible = Array.from({ length: steps }, (_, i) => (mix & (1 << i)) === 0);
    const full = someOrders({ ...ordersFor(steps), ...orders });
    all.push({ execution: anExecution({ alert: anAlert(), ...change, orders: full }), reversible });
  };
  for (const judgement of judgements) {
    for (const lease of leases) {
      for (let mix = 0; mix < 2 ** steps; mix++) add({ mode: 'auto' }, { ...judgement, ...lease }, mix);
      // one that is lowered goes the same ways as one that is opened so
      add({ mode: 'approve' }, { ...judgement, ...lease }, 0);
    }
    add({ mode: 'observe' }, judgement, 0);
  }
  for (let mix = 0; mix < 2 ** steps; mix++) add({ mode: 'auto' }, { verify, onUnhealthy: 'hold' }, mix);
  const staged = stagedOrders(steps);
  for (let mix = 0; mix < 2 ** steps; mix++) add({ mode: 'auto' }, staged, mix);
  add({ mode: 'auto' }, { ...staged, verify, ...leases[1], onUnhealthy: 'hold' }, 0);
  add({ mode: 'observe' }, { ...staged, verify }, 0);
  add({ mode: 'auto' }, { leaseMs: 60_000, onResolved: 'keep' }, 0);
  add({ mode: 'auto', dryRun: true }, { verify }, 0);
  const { alert: _byHand, ...byHand } = anExecution({
    mode: 'auto',
    orders: someOrders({ ...ordersFor(steps), ...leases[1] }),
  });
  all.push({ execution: byHand, reversible: [] });
  const roles = { required: 1, roles: ['sre', 'architecture'], withinMs: 60_000, onExpiry: 'close' } as const;
  add({ mode: 'approve' }, { verify, approval: roles }, 0);
  return all;
}

function ordersFor(steps: number): Partial<Orders> {
  const orderOf = (i: number): Orders['steps'][number] => {
    return { name: `s${i}`, uses: 'pretend/set', with: {}, timeoutMs: 30_000, attempts: 2, backoffMs: 1_000 };
  };
  return {
    steps: Array.from({ length: steps }, (_, i) => orderOf(i)),
    approval: { required: 2, withinMs: 60_000, onExpiry: 'escalate' },
    escalate: 'next-one',
  };
}

/** Each step must prove healthy before the next one is begun, with limits of its own. */
function stagedOrders(steps: number): Partial<Orders> {
  const judged = { ...verify, limits: { ...limits, healthy: 2, unhealthy: 1 } };
  return { steps: (ordersFor(steps).steps ?? []).map((step) => ({ ...step, verify: judged })) };
}

/** One sample for each thing that an event can say differently: who, how the target answered, for which step and attempt. */
function samples(execution: Execution, reversible: readonly boolean[], at: Instant): Event[] {
  return EVENT_TYPES.flatMap((type) => {
    const fits = fitting(execution, type);
    const plain: Sample = { ...PLAIN, execution, reversible, at, ...fits };
    return [{}, ...variants(type, fits)].map((change) => anEvent(type, { ...plain, ...change }));
  });
}

function variants(
  type: EventType,
  { step, judges, epoch }: Pick<Sample, 'step' | 'judges' | 'epoch'>,
): Partial<Sample>[] {
  const bound = [{ step: step + 1 }, { epoch: epoch - 1 }];
  switch (type) {
    case 'planned':
      return [{ found: 'c' }, { asks: true }, { trust: 'approve' }, { trust: 'observe' }, { trust: 'auto' }];
    case 'lowered':
      return [{ trust: 'observe' }, { trust: 'auto' }];
    case 'plan-failed':
      return [{ again: false }, { again: false, guard: 'error' }];
    case 'approved':
      return [{ by: 'grace' }, { by: 'grace', lapsed: ['ada'] }, { by: 'alertmanager' }, { digest: 'another plan' }];
    case 'sampled':
      return [
        { status: 'unhealthy' },
        { status: 'unknown' },
        { status: 'error' },
        { guard: 'unhealthy' },
        ...otherVerification(judges),
      ];
    case 'verification-ended':
      return otherVerification(judges);
    case 'apply-doubtful':
    case 'apply-refuted':
    case 'revert-failed':
      return [...bound, { again: false }];
    case 'apply-intended':
    case 'apply-withheld':
    case 'applied':
    case 'apply-unfinished':
    case 'apply-unanswered':
    case 'revert-intended':
    case 'reverted':
    case 'revert-unfinished':
      return bound;
    case 'opened':
    case 'not-needed':
    case 'blocked':
    case 'rejected':
    case 'approval-expired':
    case 'start-expired':
    case 'lease-extended':
    case 'lease-ended':
    case 'clear-long-enough':
    case 'alert-resolved':
    case 'alert-refired':
    case 'escalated':
    case 'escalation-refused':
    case 'cancelled':
    case 'revert-asked':
    case 'retry-asked':
    case 'accepted':
      return [];
  }
}

/** What comes late from an earlier verification, or is made up. */
function otherVerification(judges: number | undefined): Partial<Sample>[] {
  return [{ judges: judges === undefined ? 0 : judges - 1 }, { judges: judges === undefined ? 1 : undefined }];
}

function shapeOf(execution: Execution): string {
  const { state, steps, resolvedAt, mode, lowered, escalation } = execution;
  const measured = state.phase === 'verifying' ? samplesOf(execution, state.step) : [];
  const run = measured.slice(-2).map((one) => [one.status, one.guards?.[0]?.status]);
  return JSON.stringify([
    state.phase,
    detailsOf(state),
    steps.map((step) => step.state),
    run,
    resolvedAt === undefined,
    [mode, lowered === undefined, escalation?.is],
  ]);
}

function detailsOf(state: State): unknown[] {
  switch (state.phase) {
    case 'planning':
      return [state.attempt];
    case 'awaiting-approval': {
      const { grants, agreed, changed, plan } = state;
      return [grants.map((grant) => grant.by), agreed === undefined, changed === undefined, plan[0]?.before];
    }
    case 'applying': {
      const { effect, startBy } = state;
      const goesOn = effect.is === 'intended' && effect.goesOn === true;
      const doubt = effect.is === 'in-doubt' ? [effect.again, effect.unanswered] : [];
      return [state.step, state.attempt, effect.is, goesOn, startBy === undefined, ...doubt];
    }
    case 'verifying':
      return [state.step];
    case 'holding':
      return [state.clearSince === undefined];
    case 'reverting':
      // a revert may be announced again and again; beyond the limit nothing new comes of it
      return [state.next, Math.min(state.attempt, 4), state.cause, state.intent === undefined];
    case 'held': {
      const { resume } = state;
      return [
        resume.at,
        resume.at === 'revert' && [resume.next, resume.cause],
        (resume.at === 'step' || resume.at === 'verify') && resume.step,
      ];
    }
    case 'closed':
      return [state.outcome];
  }
}

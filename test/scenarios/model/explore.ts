import type { Instant } from '../../../src/core/alert.js';
import { evolve } from '../../../src/core/evolve.js';
import type { Evolved } from '../../../src/core/evolved.js';
import type { Event, EventType } from '../../../src/core/event.js';
import type { Execution, Orders, State } from '../../../src/core/execution.js';
import { anExecution, someOrders } from '../../../src/testing/examples.js';
import { anEvent, EVENT_TYPES, fitting, type Sample } from './events.js';
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

/** Beginnings that reach every phase: each mode, with and without verification and lease, each mix of steps that can be taken back. */
export function everyBeginning(steps: number): Beginning[] {
  const all: Beginning[] = [];
  const limits = { everyMs: 1_000, healthy: 1, unhealthy: 2, unknown: 2, withinMs: 10_000 };
  const orderOf = (i: number): Orders['steps'][number] => {
    return { name: `s${i}`, uses: 'pretend/set', with: {}, timeoutMs: 30_000, attempts: 2, backoffMs: 1_000 };
  };
  for (const mode of ['auto', 'approve', 'observe'] as const) {
    for (const verify of [{}, { verify: { probe: 'pretend/state', with: {}, limits } }]) {
      for (const lease of [{}, { leaseMs: 60_000, onResolved: 'revert' as const }]) {
        for (let mix = 0; mix < 2 ** steps; mix++) {
          const approval = { required: 2, withinMs: 60_000 };
          const orders = someOrders({
            steps: Array.from({ length: steps }, (_, i) => orderOf(i)),
            approval,
            ...verify,
            ...lease,
          });
          const reversible = orders.steps.map((_, i) => (mix & (1 << i)) === 0);
          all.push({ execution: anExecution({ orders, mode }), reversible });
          if (mode === 'auto')
            all.push({ execution: anExecution({ orders: { ...orders, onUnhealthy: 'hold' }, mode }), reversible });
        }
      }
    }
  }
  return all;
}

/** One sample for each thing that an event can say differently: who, how the target answered, for which step and attempt. */
function samples(execution: Execution, reversible: readonly boolean[], at: Instant): Event[] {
  return EVENT_TYPES.flatMap((type) => {
    const fits = fitting(execution, type);
    const plain: Sample = { execution, reversible, at, again: true, status: 'healthy', by: 'ada', ...fits };
    return [{}, ...variants(type, fits)].map((change) => anEvent(type, { ...plain, ...change }));
  });
}

function variants(
  type: EventType,
  { step, epoch }: { readonly step: number; readonly epoch: number },
): Partial<Sample>[] {
  const bound = [{ step: step + 1 }, { epoch: epoch - 1 }];
  switch (type) {
    case 'plan-failed':
      return [{ again: false }];
    case 'approved':
      return [{ by: 'grace' }, { by: 'alertmanager' }, { digest: 'another plan' }];
    case 'sampled':
      return [{ status: 'unhealthy' }, { status: 'unknown' }];
    case 'apply-doubtful':
    case 'apply-refuted':
    case 'revert-failed':
      return [...bound, { again: false }];
    case 'apply-intended':
    case 'applied':
    case 'apply-unfinished':
    case 'apply-unanswered':
    case 'revert-intended':
    case 'reverted':
    case 'revert-unfinished':
      return bound;
    case 'opened':
    case 'planned':
    case 'not-needed':
    case 'rejected':
    case 'approval-expired':
    case 'verification-ended':
    case 'lease-ended':
    case 'clear-long-enough':
    case 'alert-resolved':
    case 'alert-refired':
    case 'cancelled':
    case 'revert-asked':
    case 'retry-asked':
    case 'accepted':
      return [];
  }
}

function shapeOf(execution: Execution): string {
  const { state, steps, samples: measured, resolvedAt } = execution;
  const run = state.phase === 'verifying' ? measured.slice(-2).map((one) => one.status) : [];
  return JSON.stringify([
    state.phase,
    detailsOf(state),
    steps.map((step) => step.state),
    run,
    resolvedAt === undefined,
  ]);
}

function detailsOf(state: State): unknown[] {
  switch (state.phase) {
    case 'planning':
      return [state.attempt];
    case 'awaiting-approval':
      return state.grants.map((grant) => grant.by);
    case 'applying': {
      const { effect } = state;
      return [
        state.step,
        state.attempt,
        effect.is,
        ...(effect.is === 'in-doubt' ? [effect.again, effect.unanswered] : []),
      ];
    }
    case 'verifying':
      return [];
    case 'holding':
      return [state.clearSince === undefined];
    case 'reverting':
      // a revert may be announced again and again; beyond the limit nothing new comes of it
      return [state.next, Math.min(state.attempt, 4), state.cause, state.intent === undefined];
    case 'held':
      return [state.resume.at, state.resume.at === 'revert' && [state.resume.next, state.resume.cause]];
    case 'closed':
      return [state.outcome];
  }
}

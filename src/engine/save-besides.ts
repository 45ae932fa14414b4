import { canBeTakenBack } from '../core/answers-to.js';
import type { Claim } from '../core/claim.js';
import { pluginsOf } from '../core/claims-of.js';
import type { Event } from '../core/event.js';
import { isInForce, type Execution, type Phase } from '../core/execution.js';
import { newsworthy } from '../core/newsworthy.js';
import { dueAt } from '../core/next-move.js';
import { tallyOf, type Tally } from '../core/scorecard.js';
import { recoveryPointOf } from '../core/recovery-point.js';
import { KEEP_CLOSED_MS, type Append } from './execution-store.js';

/** What is saved together with a record and its event; lua/append.lua reads it. */
export interface Besides {
  readonly phase: Phase;
  /** Next wake-up. */
  readonly due?: number;
  /** The event takes in a signal. */
  readonly signal?: true;
  /** The event announces an effect. */
  readonly epoch?: number;
  readonly claims?: readonly Claim[];
  readonly fingerprint?: string;
  readonly runbook: string;
  readonly keepMs: number;
  readonly plugins: readonly string[];
  readonly moved?: Moved;
  readonly serving?: Settled;
  readonly tally?: Tally;
  /** A person can have something of it taken back. */
  readonly revertible?: true;
  /** What its change in force may have lost, as it is kept for its runbook. */
  readonly recoveryPoint?: string;
  /** People may have to hear of it. */
  readonly news?: true;
}

/** What becomes of a centre that an execution took out of service. */
export interface Settled {
  readonly out: string;
  readonly in?: string;
  readonly kept: boolean;
  /** What was brought in has taken over well. */
  readonly proven?: true;
}

/** Centres that an event has moved: what was taken out and brought in, or back again. */
export interface Moved {
  readonly out: string;
  readonly in?: string;
  readonly back: boolean;
}

/** Works out what else a save changes. */
export function besides({ before, event, next, at, claims }: Append): Besides {
  const due = dueAt(next, at);
  const serving = next.state.phase === 'closed' ? settledServing(next) : undefined;
  const moved = movedBy(event, next);
  const tally = tallyOf(before.execution, event, next);
  const point = recoveryPointOf(next);
  const isSignal = event.type === 'alert-resolved' || event.type === 'alert-refired';
  const isIntent = event.type === 'apply-intended' || event.type === 'revert-intended';
  return {
    phase: next.state.phase,
    runbook: next.runbook,
    keepMs: KEEP_CLOSED_MS,
    plugins: pluginsOf(next.orders.steps.map((step) => step.uses)),
    ...(due === undefined ? {} : { due }),
    ...(isSignal ? { signal: true } : {}),
    ...(isIntent ? { epoch: event.intent.epoch } : {}),
    ...(claims === undefined || claims.length === 0 ? {} : { claims }),
    ...(next.alert === undefined ? {} : { fingerprint: next.alert.fingerprint }),
    ...(moved === undefined ? {} : { moved }),
    ...(serving === undefined ? {} : { serving }),
    ...(tally === undefined ? {} : { tally }),
    ...(canBeTakenBack(next, at) ? { revertible: true } : {}),
    ...(point === undefined ? {} : { recoveryPoint: String(point) }),
    ...(newsworthy(event, before.execution, next) ? { news: true } : {}),
  };
}

/** Out of service it stays only when the change that took it out is in force at the end. */
export function settledServing(execution: Execution): Settled | undefined {
  const centers = centersIn(execution);
  if (centers === undefined) return undefined;
  const { steps, state } = execution;
  const proven = centers.in !== undefined && state.phase === 'closed' && state.outcome === 'succeeded';
  return { ...centers, kept: steps.some(isInForce), ...(proven ? { proven } : {}) };
}

/** What an event has moved for sure, or may have; an effect that was only announced has moved nothing yet. */
function movedBy(event: Event, execution: Execution): Moved | undefined {
  const centers = centersIn(execution);
  if (centers === undefined) return undefined;
  if (event.type === 'applied') return { ...centers, back: false };
  if (event.type === 'reverted') return { ...centers, back: true };
  return event.type === 'accepted' && execution.steps.some(isInForce) ? { ...centers, back: false } : undefined;
}

function centersIn({ orders }: Execution): Pick<Settled, 'out' | 'in'> | undefined {
  const claim = orders.claims?.find((one) => one.kind === 'serving');
  if (claim === undefined) return undefined;
  return { out: claim.out, ...(claim.in === undefined ? {} : { in: claim.in }) };
}

import type { Claim } from '../core/claim.js';
import { pluginsOf } from '../core/claims-of.js';
import { isInForce, type Execution, type Phase } from '../core/execution.js';
import { dueAt } from '../core/next-move.js';
import { tallyOf, type Tally } from '../core/scorecard.js';
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
  readonly serving?: Settled;
  readonly tally?: Tally;
}

/** What becomes of a centre that an execution took out of service. */
export interface Settled {
  readonly out: string;
  readonly in?: string;
  readonly kept: boolean;
}

/** Works out what else a save changes. */
export function besides({ before, event, next, at, claims }: Append): Besides {
  const due = dueAt(next, at);
  const serving = next.state.phase === 'closed' ? settledServing(next) : undefined;
  const tally = tallyOf(before.execution, event, next);
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
    ...(serving === undefined ? {} : { serving }),
    ...(tally === undefined ? {} : { tally }),
  };
}

/** Out of service it stays only when the change that took it out is in force at the end. */
export function settledServing({ orders, steps }: Execution): Settled | undefined {
  const claim = orders.claims?.find((one) => one.kind === 'serving');
  if (claim === undefined) return undefined;
  const { out, in: into } = claim;
  return { out, ...(into === undefined ? {} : { in: into }), kept: steps.some(isInForce) };
}

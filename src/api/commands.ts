import { FirebreakError, type ErrorCode } from '../core/errors.js';
import type { Event, JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { Engine, type Commanded } from '../engine/engine.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { notFound } from './execution-detail.js';
import { grantsIn } from './journal-view.js';

type Refused = Extract<Commanded, { ok: false }>;

/** What a person can want of an execution. */
export type Command = Extract<
  Event,
  { type: 'approved' | 'rejected' | 'cancelled' | 'revert-asked' | 'retry-asked' | 'accepted' }
>;

const CODES: { readonly [because in Refused['because']]: ErrorCode } = {
  'not-found': 'not-found',
  'not-in-phase': 'not-in-phase',
  'plan-changed': 'plan-changed',
  expired: 'expired',
  'own-request': 'own-request',
  already: 'not-in-phase',
  'under-way': 'under-way',
  irreversible: 'irreversible',
  'old-epoch': 'under-way',
  suppressed: 'suppressed',
};

/**
 * Carries out a person's command. Repeating it is harmless: when the phase no longer answers to it because the same
 * person has said the same before, that is no error.
 *
 * @throws FirebreakError saying why the execution does not answer to it
 */
export async function carryOut(
  engine: Engine,
  store: ExecutionStore,
  id: string,
  command: Command,
): Promise<Execution> {
  const commanded = await engine.command(id, command);
  if (commanded.ok) return commanded.execution;
  const { because, detail } = commanded;
  if (because === 'not-found') throw notFound(id);
  if (because !== 'not-in-phase' && because !== 'plan-changed') throw new FirebreakError(CODES[because], detail);
  const stored = await store.get(id);
  if (stored === undefined) throw notFound(id);
  if (because === 'plan-changed') throw new FirebreakError('plan-changed', whatChanged(stored.execution, detail));
  if (isSaid(await store.journal(id), command)) return stored.execution;
  throw cameTooLate(stored.execution, command) ?? new FirebreakError('not-in-phase', detail);
}

/** Tells whether the same person has said the same before; an agreement counts only for the plan that it was about. */
function isSaid(journal: readonly JournalEntry[], command: Command): boolean {
  if (command.type === 'approved')
    return grantsIn(journal).some((grant) => grant.by === command.by && grant.digest === command.digest);
  return journal.some(({ event }) => event.type === command.type && event.by === command.by);
}

/** Whoever read the plan some time ago hears what is different now, and what to approve instead. */
function whatChanged({ state }: Execution, detail: string): string {
  if (state.phase !== 'awaiting-approval') return detail;
  const since = state.changed === undefined ? '' : `; changed since it was agreed to: ${state.changed.join('; ')}`;
  return `${detail}, which is ${state.digest}${since}`;
}

function cameTooLate({ state }: Execution, { type }: Command): FirebreakError | undefined {
  if (state.phase !== 'closed' || state.outcome !== 'expired') return undefined;
  return type === 'approved' || type === 'rejected' ? new FirebreakError('expired', state.detail) : undefined;
}

import { FirebreakError, type ErrorCode } from '../core/errors.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { Engine, type Commanded } from '../engine/engine.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { notFound } from './execution-detail.js';

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
  if (because !== 'not-in-phase') throw new FirebreakError(CODES[because], detail);
  const [stored, journal] = await Promise.all([store.get(id), store.journal(id)]);
  if (stored !== undefined && journal.some(({ event }) => isSame(event, command))) return stored.execution;
  if (stored !== undefined && cameTooLate(stored.execution, command))
    throw new FirebreakError('expired', 'nobody approved in time');
  throw new FirebreakError('not-in-phase', detail);
}

function isSame(event: Event, command: Command): boolean {
  if (event.type !== command.type || event.by !== command.by) return false;
  return event.type !== 'approved' || command.type !== 'approved' || event.digest === command.digest;
}

function cameTooLate({ state }: Execution, command: Command): boolean {
  return (
    state.phase === 'closed' &&
    state.outcome === 'expired' &&
    (command.type === 'approved' || command.type === 'rejected')
  );
}

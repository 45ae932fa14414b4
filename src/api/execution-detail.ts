import { FirebreakError } from '../core/errors.js';
import type { Execution } from '../core/execution.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { executionView, type ExecutionView } from './execution-view.js';
import { iso } from './instants.js';
import { grantsIn } from './journal-view.js';

/** Gives an execution that must be there. */
export async function mustFind(store: ExecutionStore, id: string): Promise<Execution> {
  const stored = await store.get(id);
  if (stored === undefined) throw notFound(id);
  return stored.execution;
}

/** The answer about an execution that is not there (any more). */
export function notFound(id: string): FirebreakError {
  return new FirebreakError('not-found', `there is no execution ${id.slice(0, 100)}; closed ones are kept for 30 days`);
}

/** An execution as JSON, with who looks after it. */
export interface ExecutionDetail extends ExecutionView {
  readonly taken?: { readonly by: string; readonly at: string; readonly until: string; readonly reason?: string };
}

/** Gives one execution with what it does not know itself: who agreed to it, and who looks after it. */
export async function executionDetail(store: ExecutionStore, execution: Execution): Promise<ExecutionDetail> {
  const [view, taken] = await Promise.all([viewWithGrants(store, execution), takenBy(store, execution)]);
  return { ...view, ...taken };
}

async function takenBy(store: ExecutionStore, { id, state }: Execution): Promise<Pick<ExecutionDetail, 'taken'>> {
  if (state.phase === 'closed') return {};
  const taken = await store.outbox.taken(id);
  return taken === undefined ? {} : { taken: { ...taken, at: iso(taken.at), until: iso(taken.until) } };
}

async function viewWithGrants(store: ExecutionStore, execution: Execution): Promise<ExecutionView> {
  const { mode, state } = execution;
  const mayHaveGrants = mode !== 'auto' && state.phase !== 'planning' && state.phase !== 'awaiting-approval';
  return mayHaveGrants
    ? executionView(execution, grantsIn(await store.journal(execution.id)))
    : executionView(execution);
}

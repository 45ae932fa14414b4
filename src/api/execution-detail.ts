import { FirebreakError } from '../core/errors.js';
import type { Execution } from '../core/execution.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { executionView, type ExecutionView } from './execution-view.js';
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

/** Gives one execution with what only its journal knows: who agreed to it. */
export async function executionDetail(store: ExecutionStore, execution: Execution): Promise<ExecutionView> {
  const { mode, state } = execution;
  const mayHaveGrants = mode !== 'auto' && state.phase !== 'planning' && state.phase !== 'awaiting-approval';
  return mayHaveGrants
    ? executionView(execution, grantsIn(await store.journal(execution.id)))
    : executionView(execution);
}

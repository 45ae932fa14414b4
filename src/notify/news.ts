import type { Execution } from '../core/execution.js';
import type { Message } from '../plugin-sdk/call.js';

/** A message before it is known under which address people reach the service. */
export interface News extends Omit<Message, 'link'> {
  /** Where to read more, from the root of the service. */
  readonly path: string;
}

/** What each piece of news about one execution carries; whoever must agree to a plan lands where that is done. */
export function about({ id, runbook, target, state }: Execution): Pick<News, 'path' | 'execution'> {
  const outcome = state.phase === 'closed' ? { outcome: state.outcome } : {};
  const page = state.phase === 'awaiting-approval' ? '/approve' : '';
  return { path: `/executions/${id}${page}`, execution: { id, runbook, target, phase: state.phase, ...outcome } };
}

/** What there is to say about where an execution stands. */
export function standOf({ state }: Execution): string {
  switch (state.phase) {
    case 'held':
      return `held: ${state.cause}`;
    case 'reverting':
      return `being taken back: ${state.detail}`;
    case 'closed':
      return `${state.outcome}: ${state.detail}`;
    case 'planning':
    case 'awaiting-approval':
    case 'applying':
    case 'verifying':
    case 'holding':
      return state.phase;
  }
}

/** Writes a moment for people: UTC, to the second. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

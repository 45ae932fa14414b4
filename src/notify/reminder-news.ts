import { formatDuration } from '../core/duration.js';
import type { Execution, State } from '../core/execution.js';
import { approvalNews } from './approval-news.js';
import { about, moment, type News } from './news.js';

/** An execution is held, and nobody has taken it. */
export function stillHeldNews(
  execution: Execution,
  { cause, since }: Extract<State, { phase: 'held' }>,
  { now, times }: { readonly now: number; readonly times: number },
): News {
  const { id, runbook, target } = execution;
  const minutes = Math.max(1, Math.round((now - since) / 60_000));
  return {
    id: `${id}-held-${since}-again-${times}`,
    event: 'held',
    title: `${runbook} on ${target} is still held, for ${formatDuration(minutes * 60_000)}: a person must decide`,
    text: [
      `${cause}.`,
      `Nothing goes on by itself. Look at ${target}, then retry, revert or accept.`,
      `Until then take it, and nobody is told again for a while: firebreak take ${id} --reason "<why>"`,
    ].join('\n'),
    ...about(execution),
  };
}

/** The time in which a plan can be agreed to is nearly over. */
export function approvalEndsNews(execution: Execution, state: Extract<State, { phase: 'awaiting-approval' }>): News {
  const asked = approvalNews(execution, state);
  const { runbook, target } = execution;
  const title = `${runbook} on ${target} still waits for approval, until ${moment(state.expiresAt)}`;
  return { ...asked, id: `${asked.id}-again`, title };
}

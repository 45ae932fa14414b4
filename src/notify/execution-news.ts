import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { approvalNews } from './approval-news.js';
import { about, type News } from './news.js';

/** Writes what people hear of an event, if anything: each fact once. */
export function newsOf(event: Event, before: Execution, next: Execution): News | undefined {
  if (event.type === 'escalated' || event.type === 'escalation-refused') return escalationNews(next);
  const { id, runbook, target, state } = next;
  const isNew = before.state.phase !== state.phase;
  switch (state.phase) {
    case 'awaiting-approval':
      // a plan that people had agreed to and that is another one now is a new question
      return isNew || event.type === 'planned' ? approvalNews(next, state) : undefined;
    case 'held':
      if (!isNew) return undefined;
      return {
        id: `${id}-held-${state.since}`,
        event: 'held',
        title: `${runbook} on ${target} is held: a person must decide`,
        text: `${state.cause}.\nNothing goes on by itself. Look at ${target}, then retry, revert or accept.`,
        ...about(next),
      };
    case 'closed':
      if (!isNew) return undefined;
      return {
        id: `${id}-closed-${next.closedAt ?? 0}`,
        event: 'closed',
        title: `${runbook} on ${target}: ${state.outcome}`,
        text: state.detail,
        ...about(next),
      };
    case 'planning':
    case 'applying':
    case 'verifying':
    case 'holding':
    case 'reverting':
      return undefined;
  }
}

function escalationNews(execution: Execution): News | undefined {
  const { id, runbook, target, escalation } = execution;
  if (escalation === undefined || escalation.is === 'due') return undefined;
  const what = escalation.is === 'opened' ? 'comes next' : 'could not be opened';
  const text =
    escalation.is === 'opened'
      ? `${escalation.runbook} was opened for the same alert: ${escalation.executionId}. Its own guards hold.`
      : `${escalation.detail}.\nNothing more is done by itself, and the alert still fires.`;
  return {
    id: `${id}-escalated`,
    event: 'escalated',
    title: `${runbook} on ${target} did not help: ${escalation.runbook} ${what}`,
    text,
    ...about(execution),
  };
}

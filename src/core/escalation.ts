import type { Escalation, Execution, Outcome } from './execution.js';

/**
 * Says whether the next runbook is to be opened when an execution closes: it did not help, the alert still fires, and the
 * runbook names a next one.
 */
export function escalationOf(execution: Execution, outcome: Outcome, because: string): Escalation | undefined {
  const { orders, alert, resolvedAt, dryRun, mode, escalation } = execution;
  if (orders.escalate === undefined || alert === undefined || resolvedAt !== undefined) return undefined;
  if (dryRun || mode === 'observe' || escalation !== undefined || !isHelpless(execution, outcome)) return undefined;
  return { is: 'due', runbook: orders.escalate, because: `${outcome}: ${because}` };
}

/** What a person or the end of a lease takes back did help; what was only not begun in time says nothing about its help. */
function isHelpless({ state, orders }: Execution, outcome: Outcome): boolean {
  if (outcome === 'failed') return true;
  if (outcome === 'expired') return state.phase === 'awaiting-approval' && orders.approval.onExpiry === 'escalate';
  return state.phase === 'reverting' && (state.cause === 'unhealthy' || state.cause === 'worse');
}

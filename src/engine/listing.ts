import type { Execution } from '../core/execution.js';
import type { DecisionFilter, DecisionRecord, ExecutionFilter } from './execution-store.js';

/** Tells whether an execution is one of those asked for. */
export function wantsExecution(filter: ExecutionFilter, execution: Execution): boolean {
  const { state } = execution;
  return (
    (filter.phase === undefined || filter.phase === state.phase) &&
    (filter.outcome === undefined || (state.phase === 'closed' && state.outcome === filter.outcome)) &&
    (filter.runbook === undefined || filter.runbook === execution.runbook) &&
    (filter.target === undefined || filter.target === execution.target)
  );
}

/** Tells whether a decision is one of those asked for. */
export function wantsDecision(filter: DecisionFilter, record: DecisionRecord): boolean {
  return (
    (filter.fingerprint === undefined || filter.fingerprint === record.fingerprint) &&
    (filter.alertname === undefined || filter.alertname === record.alertname) &&
    (filter.runbook === undefined || filter.runbook === record.runbook) &&
    (filter.decision === undefined || filter.decision === record.decision) &&
    (filter.because === undefined || filter.because === record.because) &&
    (filter.executionId === undefined || filter.executionId === record.executionId) &&
    (filter.since === undefined || record.at >= filter.since)
  );
}

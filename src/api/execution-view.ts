import type { Alert } from '../core/alert.js';
import type { Execution, Grant, StepRecord } from '../core/execution.js';
import { traceIdOf } from '../telemetry/trace-ids.js';
import { approvalView } from './approval-view.js';
import { choiceView } from './choice-view.js';
import { iso, isoAll } from './instants.js';
import { leaseView } from './lease-view.js';
import { planView } from './plan-view.js';
import { stepVerificationView, verificationView } from './verification-view.js';

/**
 * Makes the JSON of an execution as the contract has it; what is not known is left out.
 *
 * @param execution as it stands
 * @param grants of persons, when the journal was asked; the execution itself knows them only while it waits for more
 */
export function executionView(execution: Execution, grants: readonly Grant[] = waitingGrants(execution)) {
  const { id, runbook, runbookVersion, target, mode, dryRun, trigger, alert, requestedBy, state, timeline } = execution;
  const lease = leaseView(execution);
  return {
    id,
    runbook,
    runbookVersion,
    phase: state.phase,
    target,
    mode,
    dryRun,
    trigger,
    requestedBy,
    ...optionalView(execution),
    ...(state.phase === 'closed' ? { outcome: state.outcome, detail: state.detail } : {}),
    ...(state.phase === 'reverting' ? { detail: state.detail } : {}),
    ...(state.phase === 'applying' && state.effect.is === 'none' ? isoAll({ startBy: state.startBy }) : {}),
    ...(alert === undefined ? {} : { alert: alertView(alert) }),
    ...planView(execution),
    approval: approvalView(execution, grants),
    steps: execution.steps.map((step) => stepView(step, execution.baseline)),
    verification: verificationView(execution),
    ...(lease === undefined ? {} : { lease }),
    ...(state.phase === 'held' ? { held: { cause: state.cause, since: iso(state.since) } } : {}),
    openedAt: iso(timeline.openedAt),
    ...isoAll({ closedAt: execution.closedAt, resolvedAt: execution.resolvedAt }),
    timeline: isoAll(timeline),
  };
}

/** An execution as JSON. */
export type ExecutionView = ReturnType<typeof executionView>;

function waitingGrants({ state }: Execution): readonly Grant[] {
  return state.phase === 'awaiting-approval' ? state.grants : [];
}

function alertView({ fingerprint, status, labels, annotations, startsAt, endsAt, generatorURL }: Alert) {
  return { fingerprint, status, labels, annotations, ...isoAll({ startsAt, endsAt }), generatorURL };
}

function stepView(step: StepRecord, baseline: Execution['baseline']) {
  const { name, uses, state, attempts, startedAt, finishedAt, error } = step;
  return {
    name,
    uses,
    state,
    attempts,
    ...isoAll({ startedAt, finishedAt }),
    ...(error === undefined ? {} : { error }),
    ...stepVerificationView(step, baseline),
  };
}

/** What only some executions have. */
function optionalView(execution: Execution) {
  const { lowered, reason, requestedWith, origin, escalation, escalatedFrom } = execution;
  const { choice } = execution.orders;
  return {
    ...(origin === undefined ? {} : { origin: { requestId: origin.requestId, traceId: traceIdOf(origin) } }),
    ...(choice === undefined ? {} : { choice: choiceView(choice) }),
    ...(lowered === undefined ? {} : { lowered }),
    ...(reason === undefined ? {} : { reason }),
    ...(requestedWith === undefined ? {} : { requestedWith }),
    ...(escalation === undefined ? {} : { escalation }),
    ...(escalatedFrom === undefined ? {} : { escalatedFrom }),
  };
}

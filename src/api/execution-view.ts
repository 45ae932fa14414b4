import type { Alert } from '../core/alert.js';
import { planOf, type Execution, type Grant, type StepPlan, type StepRecord } from '../core/execution.js';
import { planDigest } from '../core/plan-digest.js';
import type { Sample } from '../core/runbook.js';
import { iso, isoAll } from './instants.js';

/**
 * Makes the JSON of an execution as the contract has it; what is not known is left out.
 *
 * @param execution as it stands
 * @param grants of persons, when the journal was asked; the execution itself knows them only while it waits for more
 */
export function executionView(execution: Execution, grants: readonly Grant[] = waitingGrants(execution)) {
  const { id, runbook, runbookVersion, target, mode, dryRun, trigger, alert, requestedBy, reason, state, timeline } =
    execution;
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
    ...(reason === undefined ? {} : { reason }),
    ...(state.phase === 'closed' ? { outcome: state.outcome, detail: state.detail } : {}),
    ...(state.phase === 'reverting' ? { detail: state.detail } : {}),
    ...(alert === undefined ? {} : { alert: alertView(alert) }),
    ...planView(execution),
    approval: approvalView(execution, grants),
    steps: execution.steps.map(stepView),
    verification: {
      samples: execution.samples.map(sampleView),
      ...(execution.verdict === undefined ? {} : { verdict: execution.verdict }),
    },
    ...(state.phase === 'holding' ? { lease: isoAll({ until: state.leaseUntil, clearSince: state.clearSince }) } : {}),
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

function planView(execution: Execution): object {
  const plan = planOf(execution);
  if (plan.length === 0) return {};
  return {
    plan: { steps: plan.map(stepPlanView), digest: planDigest(execution.target, execution.orders.steps, plan) },
  };
}

/** What an approver reads of one step; what `revert` needs is not for reading. */
export function stepPlanView({ step, uses, summary, changes, reversible }: StepPlan) {
  return { name: step, uses, summary, changes, reversible };
}

function approvalView({ mode, orders, state }: Execution, grants: readonly Grant[]) {
  return {
    required: mode === 'approve' ? orders.approval.required : 0,
    grants: grants.map((grant) => ({ ...grant, at: iso(grant.at) })),
    ...(state.phase === 'awaiting-approval' ? { expiresAt: iso(state.expiresAt) } : {}),
  };
}

function stepView({ name, uses, state, attempts, startedAt, finishedAt, error }: StepRecord) {
  return {
    name,
    uses,
    state,
    attempts,
    ...isoAll({ startedAt, finishedAt }),
    ...(error === undefined ? {} : { error }),
  };
}

/** One answer of a probe, with its moment in JSON's form. */
export function sampleView(sample: Sample) {
  return { ...sample, at: iso(sample.at) };
}

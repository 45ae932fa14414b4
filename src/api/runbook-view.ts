import type { Snapshot } from '../catalog/snapshot.js';
import { formatDuration } from '../core/duration.js';
import { formatMatcher } from '../core/matcher.js';
import type { ApprovalRule, Runbook, VerifySpec } from '../core/runbook.js';
import type { Scorecard } from '../engine/governance.js';
import { guardsView, probeView } from './guards-view.js';
import { effectiveMode, scorecardView } from './scorecard-view.js';

/** Makes the JSON of a runbook: what an operator wrote, with the defaults filled in, and what has become of it. */
export function runbookView(runbook: Runbook, scorecard: Scorecard) {
  const {
    name,
    title,
    owner,
    version,
    mode,
    priority,
    match,
    target,
    params,
    approval,
    guards,
    steps,
    verify,
    notify,
  } = runbook;
  return {
    name,
    title,
    owner,
    version,
    mode,
    effectiveMode: effectiveMode(runbook, scorecard),
    priority,
    match: match.map(formatMatcher),
    target: target.source,
    params,
    approval: approvalView(approval),
    guards: guardsView(guards),
    steps: steps.map((step) => ({
      name: step.name,
      uses: step.uses,
      with: step.with.source,
      attempts: step.attempts,
      timeout: formatDuration(step.timeoutMs),
      backoff: formatDuration(step.backoffMs),
      ...(step.verify === undefined ? {} : { verify: verifyView(step.verify) }),
    })),
    ...(verify === undefined ? {} : { verify: verifyView(verify) }),
    onUnhealthy: runbook.onUnhealthy,
    onResolved: runbook.onResolved,
    clearFor: formatDuration(runbook.clearForMs),
    ...(runbook.leaseMs === undefined ? {} : { lease: formatDuration(runbook.leaseMs) }),
    ...(runbook.leaseMaxMs === undefined ? {} : { maxLease: formatDuration(runbook.leaseMaxMs) }),
    ...(runbook.escalate === undefined ? {} : { escalate: runbook.escalate }),
    ...(runbook.serving === undefined ? {} : { serving: servingView(runbook.serving) }),
    notify,
    ...(runbook.objective === undefined ? {} : { objective: objectiveView(runbook.objective) }),
    scorecard: scorecardView(scorecard),
  };
}

/** The same with the part for people, as it was written. */
export function runbookDetail(runbook: Runbook, scorecard: Scorecard, { guides }: Snapshot) {
  const guide = guides.get(runbook.name);
  return { ...runbookView(runbook, scorecard), ...(guide === undefined ? {} : { guide: guide.source }) };
}

function approvalView({ required, withinMs, roles, onExpiry = 'close' }: ApprovalRule) {
  return { required, ...(roles === undefined ? {} : { roles }), within: formatDuration(withinMs), onExpiry };
}

function servingView({ out, in: into }: NonNullable<Runbook['serving']>) {
  return { out: out.source, ...(into === undefined ? {} : { in: into.source }) };
}

function objectiveView({ recoveryMs, dataLossMs }: NonNullable<Runbook['objective']>) {
  return {
    ...(recoveryMs === undefined ? {} : { recovery: formatDuration(recoveryMs) }),
    ...(dataLossMs === undefined ? {} : { dataLoss: formatDuration(dataLossMs) }),
  };
}

function verifyView({ probe, with: parameters, limits, guards }: VerifySpec) {
  const { everyMs, withinMs, ...counts } = limits;
  return {
    probe,
    with: parameters.source,
    every: formatDuration(everyMs),
    within: formatDuration(withinMs),
    ...counts,
    ...(guards.length === 0 ? {} : { guards: guards.map((guard) => ({ name: guard.name, ...probeView(guard) })) }),
  };
}

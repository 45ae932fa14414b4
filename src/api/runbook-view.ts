import type { Snapshot } from '../catalog/snapshot.js';
import { formatDuration } from '../core/duration.js';
import { formatMatcher } from '../core/matcher.js';
import type { Guards, Runbook, VerifySpec } from '../core/runbook.js';

/** Makes the JSON of a runbook: what an operator wrote, with the defaults filled in. */
export function runbookView(runbook: Runbook) {
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
    priority,
    match: match.map(formatMatcher),
    target: target.source,
    params,
    approval: { required: approval.required, within: formatDuration(approval.withinMs) },
    guards: guardsView(guards),
    steps: steps.map((step) => ({
      name: step.name,
      uses: step.uses,
      with: step.with.source,
      attempts: step.attempts,
      timeout: formatDuration(step.timeoutMs),
      backoff: formatDuration(step.backoffMs),
    })),
    ...(verify === undefined ? {} : { verify: verifyView(verify) }),
    onUnhealthy: runbook.onUnhealthy,
    onResolved: runbook.onResolved,
    clearFor: formatDuration(runbook.clearForMs),
    ...(runbook.leaseMs === undefined ? {} : { lease: formatDuration(runbook.leaseMs) }),
    notify,
  };
}

/** The same with the part for people, as it was written. */
export function runbookDetail(runbook: Runbook, { guides }: Snapshot) {
  const guide = guides.get(runbook.name);
  return { ...runbookView(runbook), ...(guide === undefined ? {} : { guide: guide.source }) };
}

function guardsView({ cooldownMs, maxAlertAgeMs, rate, blastRadius }: Guards) {
  return {
    cooldown: formatDuration(cooldownMs),
    maxAlertAge: formatDuration(maxAlertAgeMs),
    ...(rate === undefined ? {} : { rate: { limit: rate.limit, per: formatDuration(rate.perMs) } }),
    ...(blastRadius === undefined
      ? {}
      : { blastRadius: { ...withoutMs(blastRadius), per: formatDuration(blastRadius.perMs) } }),
  };
}

function withoutMs({ by, limit }: NonNullable<Guards['blastRadius']>) {
  return { by, limit };
}

function verifyView({ probe, with: parameters, limits }: VerifySpec) {
  const { everyMs, withinMs, ...counts } = limits;
  return {
    probe,
    with: parameters.source,
    every: formatDuration(everyMs),
    within: formatDuration(withinMs),
    ...counts,
  };
}

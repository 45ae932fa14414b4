import type { Runbook, StepSpec, VerifySpec } from '../core/runbook.js';
import type { RunbookFile } from './runbook-schema.js';

/**
 * Gives a runbook file the shape that the core works with.
 *
 * @param file checked and compiled
 * @param version first 12 hexadecimal digits of the SHA-256 of the file
 */
export function toRunbook({ metadata, spec }: RunbookFile, version: string): Runbook {
  const { rate, blastRadius } = spec.guards;
  return {
    name: metadata.name,
    version,
    title: metadata.title,
    owner: metadata.owner,
    match: spec.match,
    target: spec.target,
    params: spec.params,
    mode: spec.mode,
    priority: spec.priority,
    approval: { required: spec.approval.required, withinMs: spec.approval.within },
    guards: {
      cooldownMs: spec.guards.cooldown,
      maxAlertAgeMs: spec.guards.maxAlertAge,
      ...(rate === undefined ? {} : { rate: { limit: rate.limit, perMs: rate.per } }),
      ...(blastRadius === undefined
        ? {}
        : { blastRadius: { by: blastRadius.by, limit: blastRadius.limit, perMs: blastRadius.per } }),
    },
    steps: spec.steps.map(toStep),
    ...(spec.verify === undefined ? {} : { verify: toVerify(spec.verify) }),
    onUnhealthy: spec.onUnhealthy,
    onResolved: spec.onResolved,
    clearForMs: spec.clearFor,
    notify: spec.notify,
    ...(spec.lease === undefined ? {} : { leaseMs: spec.lease }),
  };
}

function toStep(step: RunbookFile['spec']['steps'][number]): StepSpec {
  const { name, uses, with: parameters, timeout, attempts, backoff } = step;
  return { name, uses, with: parameters, timeoutMs: timeout, attempts, backoffMs: backoff };
}

function toVerify(verify: NonNullable<RunbookFile['spec']['verify']>): VerifySpec {
  const { probe, with: parameters, every, healthy, unhealthy, unknown, within } = verify;
  return { probe, with: parameters, limits: { everyMs: every, healthy, unhealthy, unknown, withinMs: within } };
}

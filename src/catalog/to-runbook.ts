import type { Objective, Runbook, StepSpec, VerifySpec } from '../core/runbook.js';
import type { RunbookFile } from './runbook-schema.js';
import { toGuards } from './to-guards.js';

/**
 * Gives a runbook file the shape that the core works with.
 *
 * @param file checked and compiled
 * @param version first 12 hexadecimal digits of the SHA-256 of the file
 */
export function toRunbook({ metadata, spec }: RunbookFile, version: string): Runbook {
  const { approval, lease, maxLease, escalate, chooseCenter, serving, objective } = spec;
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
    approval: {
      required: approval.required,
      withinMs: approval.within,
      roles: approval.roles,
      onExpiry: approval.onExpiry,
    },
    guards: toGuards(spec.guards),
    steps: spec.steps.map(toStep),
    ...(spec.verify === undefined ? {} : { verify: toVerify(spec.verify) }),
    onUnhealthy: spec.onUnhealthy,
    onResolved: spec.onResolved,
    clearForMs: spec.clearFor,
    notify: spec.notify,
    ...(lease === undefined ? {} : { leaseMs: lease }),
    ...(maxLease === undefined ? {} : { leaseMaxMs: maxLease }),
    ...(escalate === undefined ? {} : { escalate }),
    ...(chooseCenter === undefined ? {} : { chooseCenter: toChoosing(chooseCenter) }),
    ...(serving === undefined ? {} : { serving: toServing(serving) }),
    ...(objective === undefined ? {} : { objective: toObjective(objective) }),
  };
}

function toStep(step: RunbookFile['spec']['steps'][number]): StepSpec {
  const { name, uses, with: parameters, timeout, attempts, backoff, verify } = step;
  const judged = verify === undefined ? {} : { verify: toVerify(verify) };
  return { name, uses, with: parameters, timeoutMs: timeout, attempts, backoffMs: backoff, ...judged };
}

function toVerify(verify: NonNullable<RunbookFile['spec']['verify']>): VerifySpec {
  const { probe, with: parameters, every, within, healthy, unhealthy, unknown, guards } = verify;
  const { error = unknown, worse = unhealthy } = verify;
  const limits = { everyMs: every, withinMs: within, healthy, unhealthy, unknown, error, worse };
  return { probe, with: parameters, limits, guards };
}

function toServing(serving: NonNullable<RunbookFile['spec']['serving']>): NonNullable<Runbook['serving']> {
  return { out: serving.out, ...(serving.in === undefined ? {} : { in: serving.in }) };
}

function toObjective({ recovery, dataLoss }: NonNullable<RunbookFile['spec']['objective']>): Objective {
  return {
    ...(recovery === undefined ? {} : { recoveryMs: recovery }),
    ...(dataLoss === undefined ? {} : { dataLossMs: dataLoss }),
  };
}

function toChoosing({
  insteadOf,
  service,
}: NonNullable<RunbookFile['spec']['chooseCenter']>): NonNullable<Runbook['chooseCenter']> {
  return { insteadOf, ...(service === undefined ? {} : { service }) };
}

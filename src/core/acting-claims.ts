import type { Claim } from './claim.js';
import { pauseScopes, pluginsOf } from './claims-of.js';
import { planOf, type Execution } from './execution.js';
import type { Change } from './step-plan.js';
import { hasBegun } from './evolved.js';
import { canonicalJson } from './json.js';
import { sha256Hex } from './plan-digest.js';

/** A change is the opposite of another one for this long after that was made. */
export const OPPOSITE_WINDOW_MS = 3_600_000;

/** What must be free right before an effect: always the kill switch, and before the first effect everything else once more. */
export function actingClaims(execution: Execution, step: number): Claim[] {
  const { runbook, mode, orders } = execution;
  const unpaused = unpausedOf(execution);
  const begun = execution.steps[step]?.state !== 'waiting' ? [] : [oppositeOf(execution, step)];
  if (hasBegun(execution)) return [unpaused, ...begun];
  // what a person has agreed to needs no trust in the runbook, but none goes against harm
  return [unpaused, { kind: 'trusted', runbook, mode }, ...(orders.claims ?? []), ...begun];
}

/** Gives the claim that nobody pulled the kill switch for an execution. */
export function unpausedOf({ runbook, orders, target }: Execution): Extract<Claim, { kind: 'unpaused' }> {
  const plugins = pluginsOf(orders.steps.map((one) => one.uses));
  return { kind: 'unpaused', scopes: pauseScopes(runbook, plugins, target) };
}

function oppositeOf(execution: Execution, step: number): Claim {
  const { mode, target } = execution;
  const changes = planOf(execution)[step]?.changes ?? [];
  const windowMs = OPPOSITE_WINDOW_MS;
  const does = changes.map(({ resource, attribute, from, to }) => hashOf({ resource, attribute, from, to }));
  const undoes = changes.map(({ resource, attribute, from, to }) =>
    hashOf({ resource, attribute, from: to, to: from }),
  );
  return { kind: 'opposite', target, does, undoes, windowMs, refuse: mode === 'auto' };
}

function hashOf({ resource, attribute, from, to }: Change): string {
  return sha256Hex(canonicalJson([resource, attribute, from, to])).slice(0, 32);
}

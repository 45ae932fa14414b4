import type { Alert, Instant } from './alert.js';
import type { Runbook } from './runbook.js';

/**
 * A guard that needs shared state. It is not read first and acted on later: the store checks it *and* takes it in the
 * same atomic script that creates the execution.
 */
export type Claim =
  /** This runbook has not answered this episode of the alert yet. */
  | { readonly kind: 'episode'; readonly fingerprint: string; readonly runbook: string; readonly startsAt: Instant }
  /** Nobody else holds the target. */
  | { readonly kind: 'exclusive'; readonly target: string }
  /** Long enough since the last one. */
  | { readonly kind: 'interval'; readonly key: string; readonly ms: number }
  /** Fewer than `limit` within the window. */
  | { readonly kind: 'budget'; readonly key: string; readonly limit: number; readonly windowMs: number }
  /** Nobody pulled the kill switch for any of these scopes. */
  | { readonly kind: 'unpaused'; readonly scopes: readonly string[] };

/** Why an alert was not acted on; each reason is explained in docs/operations.md. */
export type Suppression =
  | 'no-runbook'
  | 'too-old'
  | 'template-missing'
  | 'no-target'
  | 'stale'
  | 'duplicate'
  | 'paused'
  | 'target-busy'
  | 'cooldown'
  | 'rate'
  | 'blast-radius';

/** Names the scopes under which a pause stops an execution of this runbook on this target. */
export function pauseScopes(runbook: string, actions: readonly string[], target: string): string[] {
  const plugins = new Set(actions.map((uses) => uses.split('/')[0] ?? uses));
  return ['all', `runbook:${runbook}`, ...[...plugins].map((plugin) => `plugin:${plugin}`), `target:${target}`];
}

/** Gives the claims of a runbook that answers an alert on a target, in the order in which they are checked. */
export function claimsOf(runbook: Runbook, alert: Alert, target: string): Claim[] {
  const { guards } = runbook;
  const actions = runbook.steps.map((step) => step.uses);
  const claims: Claim[] = [
    { kind: 'episode', fingerprint: alert.fingerprint, runbook: runbook.name, startsAt: alert.startsAt },
    { kind: 'unpaused', scopes: pauseScopes(runbook.name, actions, target) },
    { kind: 'exclusive', target },
  ];
  if (guards.cooldownMs > 0) claims.push({ kind: 'interval', key: `${runbook.name}|${target}`, ms: guards.cooldownMs });
  if (guards.rate) {
    claims.push({ kind: 'budget', key: `rate|${runbook.name}`, limit: guards.rate.limit, windowMs: guards.rate.perMs });
  }
  if (guards.blastRadius) {
    const { by, limit, perMs } = guards.blastRadius;
    const group = alert.labels[by] ?? '';
    claims.push({ kind: 'budget', key: `blast-radius|${runbook.name}|${by}=${group}`, limit, windowMs: perMs });
  }
  return claims;
}

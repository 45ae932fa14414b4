import type { Alert, Instant } from './alert.js';
import type { Claim, Suppression } from './claim.js';
import { claimsOf } from './claims-of.js';
import { sayDuration } from './duration.js';
import { fillIn } from './fill-in.js';
import { matchesAll } from './matcher.js';
import type { Orders } from './orders.js';
import type { Runbook } from './runbook.js';
import type { Circumstances } from './template.js';
import { windowRefusal } from './window.js';

/** Whether a runbook should answer an alert: with what it would do and which claims it needs, or why not. */
export type Decision =
  | {
      readonly run: true;
      readonly runbook: Runbook;
      readonly target: string;
      readonly orders: Orders;
      readonly claims: readonly Claim[];
    }
  | { readonly run: false; readonly runbook: string; readonly because: Suppression; readonly detail: string };

/**
 * Decides about one alert for each runbook that matches it. Pure: what needs shared state comes out as claims, which the
 * store checks and takes in one step.
 *
 * @param alert a firing alert
 * @param runbooks the candidates; those that do not match are passed over
 * @param now by the shared clock
 * @param circumstances settings and topology, and how the centres are
 */
export function decide(
  alert: Alert,
  runbooks: readonly Runbook[],
  now: Instant,
  circumstances: Circumstances,
): Decision[] {
  return runbooks
    .filter((runbook) => matchesAll(runbook.match, alert.labels))
    .map((runbook) => decideFor(alert, runbook, now, circumstances));
}

/** Decides about one alert for one runbook, whether or not its matchers hold. */
export function decideFor(alert: Alert, runbook: Runbook, now: Instant, circumstances: Circumstances): Decision {
  const no = (because: Suppression, detail: string): Decision => ({
    run: false,
    runbook: runbook.name,
    because,
    detail,
  });
  const age = now - alert.startsAt;
  if (age > runbook.guards.maxAlertAgeMs) {
    return no(
      'too-old',
      `the alert is ${sayDuration(age)} old, at most ${sayDuration(runbook.guards.maxAlertAgeMs)} is acted on`,
    );
  }
  const closed = runbook.guards.windows && windowRefusal(runbook.guards.windows, now);
  if (closed !== undefined) return no('outside-window', closed);
  const rendered = fillIn(runbook, alert, now, circumstances);
  if (!rendered.ok) return no(rendered.because, rendered.detail);
  const { aim, orders } = rendered;
  const claims = claimsOf(runbook, alert, aim, circumstances.governor);
  if (!claims.ok) return no(claims.because, claims.detail);
  const { opening, acting } = claims.claims;
  return { run: true, runbook, target: aim.target, orders: { ...orders, claims: acting }, claims: opening };
}

import type { Alert, Instant } from './alert.js';
import { claimsOf, type Claim, type Suppression } from './claim.js';
import { formatDuration } from './duration.js';
import { matchesAll } from './matcher.js';
import type { Runbook, StepSpec } from './runbook.js';
import { scopeFor, type Rendered, type Scope, type Surroundings } from './template.js';
import type { Orders, StepOrder } from './execution.js';

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
 * @param surroundings settings and topology for templates
 */
export function decide(
  alert: Alert,
  runbooks: readonly Runbook[],
  now: Instant,
  surroundings: Surroundings,
): Decision[] {
  return runbooks
    .filter((runbook) => matchesAll(runbook.match, alert.labels))
    .map((runbook) => decideOne(alert, runbook, now, surroundings));
}

function decideOne(alert: Alert, runbook: Runbook, now: Instant, surroundings: Surroundings): Decision {
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
      `the alert is ${formatDuration(age)} old, at most ${formatDuration(runbook.guards.maxAlertAgeMs)} is acted on`,
    );
  }
  const rendered = render(runbook, scopeFor(alert, runbook.params, surroundings));
  if (!rendered.ok) return no(rendered.because, rendered.detail);
  const { target, orders } = rendered;
  return { run: true, runbook, target, orders, claims: claimsOf(runbook, alert, target) };
}

/** What a runbook would do, filled in for one alert. */
export type RenderedRunbook =
  | { readonly ok: true; readonly target: string; readonly orders: Orders }
  | { readonly ok: false; readonly because: Suppression; readonly detail: string };

/** Fills in the target and all parameters of a runbook; nothing is left to be filled in later. */
export function render(runbook: Runbook, scope: Scope): RenderedRunbook {
  const target = runbook.target.render(scope);
  if (!target.ok) return { ok: false, because: 'no-target', detail: target.detail };
  if (target.value.split('/').some((part) => part.trim() === '' || part.includes('*'))) {
    return { ok: false, because: 'no-target', detail: `the target "${target.value}" has an empty part or a wildcard` };
  }
  const steps = renderAll(runbook.steps, (step) => renderStep(step, scope));
  if (!steps.ok) return { ok: false, because: 'template-missing', detail: steps.detail };
  const verify = runbook.verify?.with.render(scope);
  if (verify?.ok === false) return { ok: false, because: 'template-missing', detail: `verify: ${verify.detail}` };
  const { verify: spec, approval, onUnhealthy, onResolved, clearForMs, leaseMs, notify } = runbook;
  const orders: Orders = {
    steps: steps.value,
    ...(spec === undefined || verify === undefined
      ? {}
      : { verify: { probe: spec.probe, with: verify.value, limits: spec.limits } }),
    ...(leaseMs === undefined ? {} : { leaseMs }),
    approval,
    onUnhealthy,
    onResolved,
    clearForMs,
    notify,
  };
  return { ok: true, target: target.value, orders };
}

function renderStep(step: StepSpec, scope: Scope): Rendered<StepOrder> {
  const filled = step.with.render(scope);
  if (!filled.ok) return { ok: false, detail: `step ${step.name}: ${filled.detail}` };
  return { ok: true, value: { ...step, with: filled.value } };
}

function renderAll<T, R>(items: readonly T[], one: (item: T) => Rendered<R>): Rendered<R[]> {
  const values: R[] = [];
  for (const item of items) {
    const rendered = one(item);
    if (!rendered.ok) return rendered;
    values.push(rendered.value);
  }
  return { ok: true, value: values };
}

import type { Suppression } from './claim.js';
import type { Aim } from './claims-of.js';
import type { Orders, ProbeOrder, StepOrder, VerifyOrder } from './orders.js';
import type { ProbeSpec, Runbook, StepSpec, VerifySpec } from './runbook.js';
import type { Rendered, Scope } from './template.js';

/** What a runbook would do, filled in for one alert. */
export type RenderedRunbook =
  | { readonly ok: true; readonly aim: Aim; readonly orders: Orders }
  | { readonly ok: false; readonly because: Suppression; readonly detail: string };

/** Fills in the target and all parameters of a runbook; nothing is left to be filled in later. */
export function render(runbook: Runbook, scope: Scope): RenderedRunbook {
  const missing = (detail: string): RenderedRunbook => ({ ok: false, because: 'template-missing', detail });
  const target = runbook.target.render(scope);
  if (!target.ok) return { ok: false, because: 'no-target', detail: target.detail };
  if (target.value.split('/').some((part) => part.trim() === '' || part.includes('*'))) {
    return { ok: false, because: 'no-target', detail: `the target "${target.value}" has an empty part or a wildcard` };
  }
  const steps = renderAll(runbook.steps, (step) => renderStep(step, scope));
  if (!steps.ok) return missing(steps.detail);
  const probes = renderProbes(runbook, scope);
  if (!probes.ok) return missing(probes.detail);
  const serving = renderServing(runbook, scope);
  if (!serving.ok) return missing(serving.detail);
  const orders: Orders = { ...standingOrders(runbook), steps: steps.value, ...probes.value };
  return { ok: true, aim: { target: target.value, ...serving.value }, orders };
}

/** What stands in the runbook without templates; only what is set. */
function standingOrders(runbook: Runbook): Omit<Orders, 'steps'> {
  const { approval, onUnhealthy, onResolved, clearForMs, notify, leaseMs, leaseMaxMs, escalate, guards } = runbook;
  return {
    approval,
    onUnhealthy,
    onResolved,
    clearForMs,
    notify,
    ...(leaseMs === undefined ? {} : { leaseMs }),
    ...(leaseMaxMs === undefined ? {} : { leaseMaxMs }),
    ...(escalate === undefined ? {} : { escalate }),
    ...(guards.windows === undefined ? {} : { windows: guards.windows }),
    ...(guards.recurrence === undefined ? {} : { recurrence: guards.recurrence }),
  };
}

function renderProbes({ verify, guards }: Runbook, scope: Scope): Rendered<Pick<Orders, 'verify' | 'require'>> {
  const require = renderAll(guards.require, (one) => renderProbe('require', one, scope));
  if (!require.ok) return require;
  const asked = require.value.length === 0 ? {} : { require: require.value };
  if (verify === undefined) return { ok: true, value: asked };
  const judge = renderVerify('verify', verify, scope);
  return judge.ok ? { ok: true, value: { ...asked, verify: judge.value } } : judge;
}

function renderVerify(what: string, { limits, guards, ...probe }: VerifySpec, scope: Scope): Rendered<VerifyOrder> {
  const target = renderProbe(what, probe, scope);
  if (!target.ok) return target;
  const harm = renderAll(guards, (one): Rendered<ProbeOrder & { name: string }> => {
    const rendered = renderProbe(`${what} guard ${one.name}`, one, scope);
    return rendered.ok ? { ok: true, value: { ...rendered.value, name: one.name } } : rendered;
  });
  if (!harm.ok) return harm;
  const beside = harm.value.length === 0 ? {} : { guards: harm.value };
  return { ok: true, value: { ...target.value, limits, ...beside } };
}

function renderProbe(what: string, spec: ProbeSpec, scope: Scope): Rendered<ProbeOrder> {
  const filled = spec.with.render(scope);
  if (!filled.ok) return { ok: false, detail: `${what}: ${filled.detail}` };
  return { ok: true, value: { probe: spec.probe, with: filled.value } };
}

function renderServing({ serving }: Runbook, scope: Scope): Rendered<Pick<Aim, 'serving'>> {
  if (serving === undefined) return { ok: true, value: {} };
  const out = serving.out.render(scope);
  if (!out.ok) return { ok: false, detail: `serving.out: ${out.detail}` };
  const into = serving.in?.render(scope);
  if (into?.ok === false) return { ok: false, detail: `serving.in: ${into.detail}` };
  return { ok: true, value: { serving: { out: out.value, ...(into === undefined ? {} : { in: into.value }) } } };
}

function renderStep({ verify, ...step }: StepSpec, scope: Scope): Rendered<StepOrder> {
  const filled = step.with.render(scope);
  if (!filled.ok) return { ok: false, detail: `step ${step.name}: ${filled.detail}` };
  const order = { ...step, with: filled.value };
  if (verify === undefined) return { ok: true, value: order };
  const judge = renderVerify(`step ${step.name}: verify`, verify, scope);
  return judge.ok ? { ok: true, value: { ...order, verify: judge.value } } : judge;
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

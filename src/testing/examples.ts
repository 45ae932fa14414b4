import { NOTHING_KNOWN } from '../core/affinity.js';
import { labelsFrom, type Alert, type Instant } from '../core/alert.js';
import type { Execution } from '../core/execution.js';
import type { Orders } from '../core/orders.js';
import type { StepPlan } from '../core/step-plan.js';
import { fingerprintOf } from '../core/fingerprint.js';
import { DEFAULT_GOVERNOR } from '../core/governor.js';
import type { Json } from '../core/json.js';
import { parseMatchers } from '../core/matcher.js';
import type { Runbook } from '../core/runbook.js';
import type { Circumstances, Template } from '../core/template.js';

/** A firing alert with sensible defaults; give what matters to the test. */
export function anAlert(change: Partial<Omit<Alert, 'labels'>> & { labels?: Record<string, string> } = {}): Alert {
  const labels = labelsFrom(change.labels ?? { alertname: 'CenterDown', center: 'a', service: 'shop' });
  return {
    status: 'firing',
    annotations: labelsFrom({}),
    startsAt: 1_000,
    generatorURL: '',
    fingerprint: fingerprintOf(labels),
    ...change,
    labels,
  };
}

/** Orders with one step and no verification; give what matters to the test. */
export function someOrders(change: Partial<Orders> = {}): Orders {
  return {
    steps: [
      { name: 'switch', uses: 'pretend/set', with: { value: 'b' }, timeoutMs: 30_000, attempts: 3, backoffMs: 1_000 },
    ],
    approval: { required: 1, withinMs: 900_000 },
    onUnhealthy: 'revert',
    onResolved: 'keep',
    clearForMs: 300_000,
    notify: [],
    ...change,
  };
}

/** What decisions are made with where nobody has set up anything; give what matters to the test. */
export function someCircumstances(change: Partial<Circumstances> = {}): Circumstances {
  return {
    config: {},
    topology: {},
    governor: DEFAULT_GOVERNOR,
    map: { centers: {}, pairs: [], services: {} },
    centers: NOTHING_KNOWN,
    ...change,
  };
}

/** A template that gives always the same. */
export function fixed<T extends Json>(value: T): Template<T> {
  return { source: value, render: () => ({ ok: true, value }) };
}

/** A runbook of one step for `anAlert`; give what matters to the test. */
export function aRunbook(change: Partial<Runbook> = {}): Runbook {
  const parsed = parseMatchers('alertname="CenterDown"');
  const step = { name: 'switch', uses: 'pretend/set', timeoutMs: 30_000, attempts: 3, backoffMs: 1_000 };
  return {
    name: 'cut-over',
    version: 'v1',
    title: 'Cut over',
    owner: 'team',
    match: parsed.ok ? parsed.matchers : [],
    target: fixed('traffic/shop'),
    params: {},
    mode: 'auto',
    priority: 100,
    approval: { required: 1, withinMs: 900_000 },
    guards: { cooldownMs: 600_000, maxAlertAgeMs: 3_600_000, require: [] },
    steps: [{ ...step, with: fixed({ value: 'b' }) }],
    onUnhealthy: 'revert',
    onResolved: 'keep',
    clearForMs: 300_000,
    notify: [],
    ...change,
  };
}

/** A plan for each step of some orders. */
export function aPlan(orders: Orders): StepPlan[] {
  return orders.steps.map((step) => ({
    step: step.name,
    uses: step.uses,
    summary: `set ${step.name}`,
    changes: [{ resource: step.name, attribute: 'value', from: 'a', to: 'b' }],
    before: 'a',
    reversible: true,
    pluginVersion: '1',
  }));
}

/** An execution that has just been opened; give what matters to the test. */
export function anExecution(change: Partial<Execution> = {}, at: Instant = 1_000): Execution {
  const orders = change.orders ?? someOrders();
  return {
    id: 'e1',
    runbook: 'cut-over',
    runbookVersion: 'v1',
    mode: 'auto',
    dryRun: false,
    trigger: 'alert',
    target: 'traffic/shop',
    requestedBy: 'alertmanager',
    orders,
    state: { phase: 'planning', attempt: 0, notBefore: at },
    steps: orders.steps.map(({ name, uses }) => ({ name, uses, state: 'waiting', attempts: 0 })),
    samples: [],
    epoch: 0,
    timeline: { receivedAt: at, openedAt: at },
    ...change,
  };
}

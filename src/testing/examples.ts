import { labelsFrom, type Alert, type Instant } from '../core/alert.js';
import type { Execution, Orders, StepPlan } from '../core/execution.js';
import { fingerprintOf } from '../core/fingerprint.js';

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

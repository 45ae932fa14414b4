import { labelsFrom, type Instant } from '../core/alert.js';
import type { Event, JournalEntry } from '../core/event.js';
import { evolve } from '../core/evolve.js';
import type { Execution } from '../core/execution.js';
import type { Orders, VerifyOrder } from '../core/orders.js';
import { planDigest } from '../core/plan-digest.js';
import type { Sample } from '../core/runbook.js';
import type { StepPlan } from '../core/step-plan.js';
import { anAlert, anExecution, someOrders } from './examples.js';

/** When every course begins; the `FakeClock` starts then, too. */
export const T0: Instant = Date.parse('2026-11-01T12:00:00Z');

/** What happened to one execution, from its opening: enough to put it into a store, event by event. */
export interface Course {
  readonly execution: Execution;
  /** Without the opening. */
  readonly happened: readonly { readonly at: Instant; readonly event: Event }[];
}

/** Lets an execution go through what happened; an event that it does not answer to is a mistake of the test. */
export function play({ execution, happened }: Course): { execution: Execution; journal: JournalEntry[] } {
  const opened: JournalEntry = { seq: 1, at: T0, event: { type: 'opened', execution } };
  let now = execution;
  const journal = happened.map(({ at, event }, i): JournalEntry => {
    const evolved = evolve(now, event, at);
    if (!evolved.ok) throw new Error(`${event.type}: ${evolved.detail}`);
    now = evolved.next;
    return { seq: i + 2, at, event };
  });
  return { execution: now, journal: [opened, ...journal] };
}

const VERIFY: VerifyOrder = {
  probe: 'prometheus/query',
  with: { query: 'success_ratio{service="shop"}', healthy: '> 0.95' },
  limits: { everyMs: 5_000, healthy: 3, unhealthy: 3, unknown: 5, withinMs: 120_000 },
};

/** Orders of two steps that are asked about for an hour. */
export function twoSteps(change: Partial<Orders> = {}): Orders {
  const step = { uses: 'pretend/set', timeoutMs: 30_000, attempts: 3, backoffMs: 1_000 };
  return someOrders({
    steps: [
      { ...step, name: 'drain', with: { name: 'shop-a', value: 'drained' } },
      { ...step, name: 'switch', with: { name: 'shop', value: 'b' } },
    ],
    verify: VERIFY,
    approval: { required: 1, withinMs: 3_600_000 },
    ...change,
  });
}

/** The plan for these two steps. */
export function twoPlans(change: Partial<StepPlan> = {}): StepPlan[] {
  return [
    {
      step: 'drain',
      uses: 'pretend/set',
      summary: 'take no new connections to shop in centre a',
      changes: [{ resource: 'haproxy shop/a', attribute: 'state', from: 'ready', to: 'drain' }],
      before: 'ready',
      reversible: true,
      pluginVersion: '1',
      risk: 'low',
    },
    {
      step: 'switch',
      uses: 'pretend/set',
      summary: 'send the traffic of shop to centre b',
      changes: [
        { resource: 'dns shop.example.com', attribute: 'A', from: '192.0.2.10', to: '198.51.100.20' },
        { resource: 'haproxy shop', attribute: 'weights', from: { a: 100, b: 0 }, to: { a: 0, b: 100 } },
      ],
      before: 'a',
      reversible: true,
      pluginVersion: '1',
      risk: 'high',
      facts: { readiness: 'ready, checked 4 s ago', 'estimated data loss': '0.4 s, at most 12 writes' },
      ...change,
    },
  ];
}

/** An execution that an alert has opened just now, with labels that somebody wrote who means no good. */
export function opened(id: string, change: Partial<Execution> = {}): Execution {
  const orders = change.orders ?? twoSteps();
  const target = `traffic/${id}`;
  const alert = anAlert({
    labels: {
      alertname: 'CenterDown',
      center: 'a',
      service: id,
      severity: 'critical',
      path: '</dd><script>x()</script>',
    },
    annotations: labelsFrom({
      summary: 'Centre a answers to nobody <img src=x onerror=alert(1)>',
      runbook_url: 'https://runbooks.example.com/center-down?a=1&b="2"',
      dashboard: 'javascript:alert(document.cookie)',
    }),
    startsAt: T0 - 95_000,
    generatorURL: 'https://prometheus.example.com/graph?g0.expr=up',
  });
  const timeline = { startsAt: alert.startsAt, receivedAt: T0 - 4_000, openedAt: T0 };
  const state = { phase: 'planning', attempt: 0, notBefore: T0 } as const;
  return anExecution(
    { id, runbook: 'cut-over', mode: 'approve', target, alert, orders, timeline, state, ...change },
    T0,
  );
}

/** Writes down what happens, each event so many seconds after the beginning. */
export class Happening {
  private readonly happened: { at: Instant; event: Event }[] = [];
  private epoch = 0;

  constructor(private readonly execution: Execution) {}

  /** Something happens. */
  happens(seconds: number, event: Event): this {
    this.happened.push({ at: T0 + seconds * 1_000, event });
    return this;
  }

  /** It is planned. */
  planned(seconds: number, plan: readonly StepPlan[] = twoPlans()): this {
    const { target, orders } = this.execution;
    const at = T0 + seconds * 1_000;
    return this.happens(seconds, { type: 'planned', plan, digest: planDigest(target, orders.steps, plan), since: at });
  }

  /** Somebody agrees to the plan that was made last. */
  approved(seconds: number, by: string, reason?: string): this {
    const last = this.happened.findLast(({ event }) => event.type === 'planned')?.event;
    const digest = last?.type === 'planned' ? last.digest : '';
    const why = reason === undefined ? {} : { reason };
    const from = `token:${by} by token from 192.0.2.7`;
    return this.happens(seconds, {
      type: 'approved',
      by,
      digest,
      roles: ['viewer', 'operator', 'approver'],
      from,
      ...why,
    });
  }

  /** A step is begun, and done two seconds later. */
  applied(seconds: number, step: number): this {
    const epoch = this.intended(seconds, step);
    return this.happens(seconds + 2, { type: 'applied', step, key: `k${step}`, epoch });
  }

  /** A step is announced; gives the epoch. */
  intended(seconds: number, step: number): number {
    const epoch = ++this.epoch;
    this.happens(seconds, { type: 'apply-intended', step, intent: this.intent(seconds, step, epoch) });
    return epoch;
  }

  /** A step is taken back, within two seconds. */
  reverted(seconds: number, step: number): this {
    const epoch = ++this.epoch;
    this.happens(seconds, { type: 'revert-intended', step, intent: this.intent(seconds, step, epoch) });
    return this.happens(seconds + 2, { type: 'reverted', step, epoch });
  }

  /** The result is measured. */
  measured(seconds: number, status: Sample['status'], value?: number): this {
    const detail = value === undefined ? 'no data' : `success_ratio is ${value}`;
    const at = T0 + seconds * 1_000;
    const sample = { at, status, detail, ...(value === undefined ? {} : { value }) };
    return this.happens(seconds, { type: 'sampled', sample });
  }

  /** What it has come to. */
  get course(): Course {
    return { execution: this.execution, happened: [...this.happened] };
  }

  private intent(seconds: number, step: number, epoch: number) {
    const at = T0 + seconds * 1_000;
    return { key: `k${step}`, epoch, owner: 'worker-1', at, deadline: at + 30_000 };
  }
}

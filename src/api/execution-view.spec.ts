import { describe, expect, it } from 'vitest';
import type { Execution } from '../core/execution.js';
import { aPlan, anAlert, anExecution, someOrders } from '../testing/examples.js';
import { executionView } from './execution-view.js';

const iso = (at: number): string => new Date(at).toISOString();
const orders = someOrders({ leaseMs: 1_000, leaseMaxMs: 5_000 });
const plan = aPlan(orders);
const guard = { name: 'errors', at: 500, status: 'unhealthy', detail: '7 %' } as const;

describe('an execution as JSON', () => {
  it('says why it may do less than its runbook says, and what came before and after it', () => {
    const execution = anExecution({
      mode: 'approve',
      lowered: { from: 'auto', to: 'approve', why: 'not-verified', detail: 'since x1' },
      escalation: { is: 'opened', runbook: 'cut-over', executionId: 'x3' },
      escalatedFrom: 'x1',
    });
    expect(executionView(execution)).toMatchObject({
      mode: 'approve',
      lowered: { from: 'auto', to: 'approve', why: 'not-verified', detail: 'since x1' },
      escalation: { is: 'opened', runbook: 'cut-over', executionId: 'x3' },
      escalatedFrom: 'x1',
    });
  });

  it('has the guard metrics, now and before, with the verdict', () => {
    const execution = anExecution({
      samples: [{ at: 1_500, status: 'healthy', value: 1, detail: 'fine', guards: [guard] }],
      baseline: [{ ...guard, status: 'healthy', detail: '0 %' }],
      verdict: 'worse',
    });
    expect(executionView(execution).verification).toEqual({
      samples: [{ at: iso(1_500), status: 'healthy', value: 1, detail: 'fine', guards: [{ ...guard, at: iso(500) }] }],
      baseline: [{ ...guard, at: iso(500), status: 'healthy', detail: '0 %' }],
      verdict: 'worse',
    });
  });

  it('has what was measured after a step with that step, and what its guard metrics were before', () => {
    const sample = { at: 1_500, status: 'healthy', detail: 'fine', guards: [guard] } as const;
    const [step] = anExecution().steps;
    if (step === undefined) throw new Error('the example has a step');
    const verification = { startedAt: 1_000, finishedAt: 1_600, samples: [sample], verdict: 'worse' } as const;
    const baseline = [
      { ...guard, status: 'healthy', detail: '0 %', step: step.name },
      { ...guard, status: 'healthy', detail: '0 %' },
    ] as const;
    const view = executionView(anExecution({ steps: [{ ...step, verification }], baseline }));
    expect(view.steps).toMatchObject([
      {
        verification: {
          startedAt: iso(1_000),
          finishedAt: iso(1_600),
          samples: [{ at: iso(1_500), status: 'healthy', guards: [{ name: 'errors', at: iso(500) }] }],
          baseline: [{ step: step.name, at: iso(500) }],
          verdict: 'worse',
        },
      },
    ]);
    expect(view.verification).toEqual({
      samples: [],
      baseline: [{ ...guard, at: iso(500), status: 'healthy', detail: '0 %' }],
    });
  });

  it('I8: says first why a plan asks for a person', () => {
    const asking = plan.map((step) => ({ ...step, asks: 'some may be lost' }));
    const state: Execution['state'] = {
      phase: 'awaiting-approval',
      plan: asking,
      digest: 'd',
      grants: [],
      expiresAt: 9_000,
    };
    const { approval, ...view } = executionView(anExecution({ mode: 'approve', state }));
    expect(Object.entries(approval)[0]).toEqual(['asks', ['switch: some may be lost']]);
    expect(view).toMatchObject({ plan: { steps: [{ asks: 'some may be lost' }] } });
  });

  it.each([
    ['not begun', { is: 'none' }, iso(9_000)],
    ['under way', { is: 'unfinished', intent: { key: 'k', epoch: 1, owner: 'w', at: 1, deadline: 2 } }, undefined],
  ] as const)('of a step that is %s says until when it may be begun: %j -> %s', (_what, effect, startBy) => {
    const state: Execution['state'] = {
      phase: 'applying',
      plan,
      step: 0,
      attempt: 0,
      notBefore: 0,
      startBy: 9_000,
      effect,
    };
    expect(executionView(anExecution({ state }))).toMatchObject({ phase: 'applying' });
    expect(Object.entries(executionView(anExecution({ state }))).find(([name]) => name === 'startBy')?.[1]).toBe(
      startBy,
    );
  });

  it('I11: says how long a lease lasts, and how long at the latest while the alert fires', () => {
    const state: Execution['state'] = { phase: 'holding', plan, leaseUntil: 3_000, since: 2_000, clearSince: 2_500 };
    expect(executionView(anExecution({ orders, state, alert: anAlert() })).lease).toEqual({
      until: iso(3_000),
      since: iso(2_000),
      clearSince: iso(2_500),
      extendableUntil: iso(7_000),
      reason: 'alert CenterDown',
    });
    // a lease of a journal that knew of no beginning
    const old: Execution['state'] = { phase: 'holding', plan, leaseUntil: 3_000 };
    expect(executionView(anExecution({ orders, state: old, alert: anAlert() })).lease).toEqual({
      until: iso(3_000),
      reason: 'alert CenterDown',
    });
  });

  it('shows no parameters and nothing of what a revert needs', () => {
    const secret = 'planted-canary';
    const steps = orders.steps.map((step) => ({ ...step, with: { password: secret } }));
    const state: Execution['state'] = {
      phase: 'held',
      plan: plan.map((step) => ({ ...step, before: secret })),
      cause: 'c',
      since: 1,
      resume: { at: 'verify' },
    };
    expect(JSON.stringify(executionView(anExecution({ orders: { ...orders, steps }, state })))).not.toContain(secret);
  });
});

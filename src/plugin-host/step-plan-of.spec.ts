import { describe, expect, it } from 'vitest';
import type { StepPlan } from '../core/step-plan.js';
import type { Plan } from '../plugin-sdk/call.js';
import type { Json } from '../core/json.js';
import { someOrders } from '../testing/examples.js';
import { PretendTarget } from '../testing/pretend-target.js';
import { loadPlugins } from './loaded-plugins.js';
import { stepPlanOf } from './step-plan-of.js';

const loading = loadPlugins([new PretendTarget().plugin()], {}, () => ({
  info: () => undefined,
  warn: () => undefined,
}));
const [order] = someOrders().steps;

/** What is kept of a plan; `s3cret` is a secret. */
function kept(change: Partial<Plan<Json>>): StepPlan {
  const action = loading.ok ? loading.loaded.actions.get('pretend/set') : undefined;
  if (action === undefined || order === undefined) throw new Error('the example has an action and a step');
  const plan = { summary: 'set', changes: [], before: null, ...change };
  return stepPlanOf(plan, order, action, (text) => text.replaceAll('s3cret', '***'));
}

describe('what is kept of a plan', () => {
  it('S18: has no secret in what people read of it', () => {
    const said = 'as user:s3cret@db';
    expect(kept({ summary: said, asks: said, facts: { how: said } })).toMatchObject({
      summary: 'as user:***@db',
      asks: 'as user:***@db',
      facts: { how: 'as user:***@db' },
    });
  });

  it.each([
    [0, 0],
    [5_000, 5_000],
    [NaN, 'unknown'],
    [Infinity, 'unknown'],
    [-1, 'unknown'],
    ['unknown', 'unknown'],
    [undefined, undefined],
  ] as const)('D7: of a loss of %s ms it says %s', (said, expected) => {
    expect(kept(said === undefined ? {} : { dataLossMs: said }).dataLossMs).toBe(expected);
  });

  it.each([
    [60_000, 60_000],
    [1e15, 86_400_000],
    [NaN, undefined],
    [Infinity, undefined],
  ])('I11: of a lifting that may last %s ms it says %s', (said, expected) => {
    expect(kept({ liftWithinMs: said }).liftWithinMs).toBe(expected);
  });
});

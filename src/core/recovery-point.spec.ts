import { describe, expect, it } from 'vitest';
import { aPlan, anExecution, someOrders } from '../testing/examples.js';
import { canBeTakenBack } from './answers-to.js';
import { planOf, type StepRecord } from './execution.js';
import { recoveryPointOf } from './recovery-point.js';
import type { DataLoss } from './step-plan.js';

/** An execution that has ended, with one step for each loss that a plan may say. */
function ended(state: StepRecord['state'], ...losses: readonly (DataLoss | undefined)[]) {
  const [step] = aPlan(someOrders());
  if (step === undefined) throw new Error('the example has a step');
  const plan = losses.map((loss) => ({ ...step, ...(loss === undefined ? {} : { dataLossMs: loss }) }));
  return anExecution({
    state: { phase: 'closed', outcome: 'succeeded', detail: '', plan },
    steps: losses.map((_, i) => ({ name: `s${i}`, uses: 'pretend/set', state, attempts: 1 })),
  });
}

describe('what a change may have lost', () => {
  it.each([
    { losses: [0, 0], point: 0 },
    { losses: [0, 5_000, undefined], point: 5_000 },
    { losses: [5_000, 'unknown', 0], point: 'unknown' },
    { losses: [undefined], point: undefined },
  ] as const)('D7: of $losses it is $point', ({ losses, point }) => {
    expect(recoveryPointOf(ended('applied', ...losses))).toBe(point);
  });

  it('is not asked of what was taken back, or goes on', () => {
    const over = ended('applied', 5_000);
    expect(recoveryPointOf(over)).toBe(5_000);
    expect(recoveryPointOf(ended('reverted', 5_000))).toBeUndefined();
    const state = { phase: 'verifying', plan: planOf(over), nextAt: 1_000, deadline: 2_000 } as const;
    expect(recoveryPointOf({ ...over, state })).toBeUndefined();
  });
});

describe('what can be taken back', () => {
  it('is what is in force, not whatever answers to the command', () => {
    expect(canBeTakenBack(ended('applied', 0), 5_000)).toBe(true);
    const held = { phase: 'held', plan: [], cause: 'c', since: 1_000, resume: { at: 'step', step: 0 } } as const;
    const nothing = anExecution({ state: held });
    expect(canBeTakenBack(nothing, 5_000)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { anExecution, aPlan, someOrders } from '../testing/examples.js';
import type { Lowered } from './execution.js';
import { askedBy, goesLessFar, loweredBy } from './lowered.js';
import type { Mode } from './runbook.js';

const fixes = (count: number): string[] => Array.from({ length: count }, (_, i) => `e${i + 1}`);

describe('how far an execution may go', () => {
  it.each<
    [
      mode: Mode,
      trusted: Mode | undefined,
      fixed: number,
      limit: number | undefined,
      to: Mode | undefined,
      why?: Lowered['why'],
    ]
  >([
    ['auto', undefined, 0, undefined, undefined],
    ['auto', 'auto', 0, undefined, undefined],
    ['auto', 'approve', 0, undefined, 'approve', 'not-verified'],
    ['auto', 'observe', 0, undefined, 'observe', 'not-verified'],
    ['approve', 'approve', 0, undefined, undefined],
    ['approve', 'observe', 0, undefined, 'observe', 'not-verified'],
    ['observe', 'approve', 0, undefined, undefined],
    ['observe', 'auto', 0, undefined, undefined],
    ['auto', undefined, 5, undefined, undefined],
    ['auto', undefined, 4, 5, undefined],
    ['auto', undefined, 5, 5, 'approve', 'recurring'],
    ['auto', undefined, 6, 5, 'approve', 'recurring'],
    ['approve', undefined, 6, 5, undefined],
    ['observe', undefined, 6, 5, undefined],
    ['auto', 'observe', 6, 5, 'observe', 'not-verified'],
    ['auto', 'approve', 6, 5, 'approve', 'not-verified'],
  ])('in mode %s, trusted to %s, after %d fixes of %s: %s', (mode, trusted, fixed, limit, to, why) => {
    const orders = someOrders(limit === undefined ? {} : { recurrence: { limit, perMs: 1_000 } });
    const trust =
      trusted === undefined ? {} : { trust: { to: trusted, why: 'not-verified', executionId: 'e9' } as const };
    const lowered = loweredBy(anExecution({ mode, orders }), { ...trust, fixes: fixes(fixed) });
    if (to === undefined) expect(lowered).toBeUndefined();
    else expect(lowered).toMatchObject({ from: mode, to, why });
  });

  it('says which execution took the trust, or which fixes did not last', () => {
    const orders = someOrders({ recurrence: { limit: 2, perMs: 1_000 } });
    const auto = anExecution({ orders });
    expect(loweredBy(auto, { trust: { to: 'observe', why: 'harmful', executionId: 'e9' }, fixes: [] })).toEqual({
      from: 'auto',
      to: 'observe',
      why: 'harmful',
      detail: 'since e9',
    });
    expect(loweredBy(auto, { fixes: ['e1', 'e2'] })?.detail).toBe('repaired 2 times by itself already: e1, e2');
  });

  it('I8: is no further than to ask, when the plan asks for a person', () => {
    const [step] = aPlan(someOrders());
    if (step === undefined) throw new Error('the plan has a step');
    const plan = [step, { ...step, step: 'promote', asks: 'Up to 3 s of writes may be lost.' }];
    expect(askedBy(anExecution(), [step])).toBeUndefined();
    expect(askedBy(anExecution(), plan)).toEqual({
      from: 'auto',
      to: 'approve',
      why: 'asks',
      detail: 'promote: Up to 3 s of writes may be lost',
    });
    for (const mode of ['observe', 'approve'] as const) expect(askedBy(anExecution({ mode }), plan)).toBeUndefined();
  });

  it('is never further than before', () => {
    const modes = ['observe', 'approve', 'auto'] as const;
    for (const [i, one] of modes.entries()) {
      for (const [j, other] of modes.entries()) expect(goesLessFar(one, other)).toBe(i < j);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withMethods } from '../../src/testing/with-methods.js';
import { MADE, steps, take } from './model/payloads.js';
import { fatesOf, smallFirebreak, sumOf } from './small-firebreak.js';

describe('whatever comes in, in whatever order', () => {
  it('I2: each alert that was acknowledged has one fate, and the counters add up', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 25 }), async (story) => {
        const store = { lost: false };
        const small = await smallFirebreak({
          ...MADE,
          between: (real) =>
            withMethods(real, {
              receive: (receipts) => (store.lost ? Promise.reject(new Error('away')) : real.receive(receipts)),
            }),
        });
        let acknowledged = 0;
        for (const step of story) {
          acknowledged += await take(step, small, store);
          const { received, fates } = await fatesOf(small.metrics);
          expect(received).toBe(acknowledged);
          expect(sumOf(fates)).toBe(acknowledged);
          for (const name of Object.keys(fates)) seen.add(name);
        }
      }),
      { numRuns: 100 },
    );
    // a test in which little happens would say little
    for (const fate of ['opened', 'closed', 'noted', 'noted no-runbook']) expect(seen).toContain(fate);
    for (const because of ['duplicate', 'paused', 'stale', 'target-busy', 'template-missing', 'too-old'])
      expect(seen).toContain(`suppressed ${because}`);
  }, 180_000);
});

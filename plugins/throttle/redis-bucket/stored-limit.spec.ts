import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atRate, type StoredLimit } from './stored-limit.js';

const none = { fullRate: null, fullBurst: null };

describe('a stored limit at another rate', () => {
  const usual: StoredLimit = { rate: 100, burst: 50, ...none };
  it.each<[string, StoredLimit, number | null, StoredLimit]>([
    ['remembers what is full', usual, 20, { rate: 20, burst: 10, fullRate: 100, fullBurst: 50 }],
    ['still lets one through', usual, 1, { rate: 1, burst: 1, fullRate: 100, fullBurst: 50 }],
    ['is as it was when it is full again', { rate: 20, burst: 10, fullRate: 100, fullBurst: 50 }, 100, usual],
    [
      'has no burst where it had none',
      { ...usual, burst: null },
      20,
      { ...none, rate: 20, burst: null, fullRate: 100 },
    ],
    ['was no limit', { ...none, rate: null, burst: null }, 20, { ...none, rate: 20, burst: null, fullRate: 'none' }],
    [
      'is no limit again',
      { ...none, rate: 20, burst: null, fullRate: 'none' },
      null,
      { ...none, rate: null, burst: null },
    ],
  ])('%s', (_, was, to, expected) => expect(atRate(was, to)).toEqual(expected));

  const whole = fc.integer({ min: 1, max: 1_000_000_000 });
  it('comes back exactly, however many steps down and up there were', () => {
    const given = fc.record({
      rate: fc.option(whole),
      burst: fc.option(whole),
      way: fc.array(whole, { maxLength: 8 }),
    });
    fc.assert(
      fc.property(given, ({ rate, burst, way }) => {
        const start: StoredLimit = { rate, burst, ...none };
        const below = way.map((step) => (rate === null ? step : 1 + (step % rate)));
        const end = below.reduce(atRate, start);
        expect(atRate(end, rate)).toEqual(start);
        if (end.burst !== null && burst !== null) expect(end.burst).toBeLessThanOrEqual(burst);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVictim, K, victimsOf } from './lru-k.js';

const sample = (...keys: string[]): ReadonlySet<string> => new Set(keys);

describe('LRU-K with K = 3 (D2)', () => {
  it('worked by hand: of a, b, c, d in the windows {a b}, {a c}, {b a}, the victims are d, then c', () => {
    // a: in all three. b: in the first and the third, missing from one. c: in the second only, missing from two. d: in none.
    const windows = [sample('a', 'b'), sample('a', 'c'), sample('b', 'a')];
    expect(victimsOf(['a', 'b', 'c', 'd'], windows)).toEqual({ ok: true, victims: ['d', 'c'] });
  });

  it('worked by hand: one use by a crawler in the latest window does not save a key, two uses in different windows do', () => {
    const windows = [sample('crawled', 'used'), sample('used', 'x'), sample('x')];
    expect(victimsOf(['crawled', 'used'], windows)).toEqual({ ok: true, victims: ['crawled'] });
  });

  it('worked by hand: read as three single accesses, it would spare only what was used twice among them', () => {
    expect(victimsOf(['a', 'b', 'c'], [sample('a'), sample('b'), sample('a')])).toEqual({
      ok: true,
      victims: ['c', 'b'],
    });
  });

  it.each([
    [true, true, true, false],
    [true, true, false, false],
    [true, false, true, false],
    [false, true, true, false],
    [true, false, false, true],
    [false, true, false, true],
    [false, false, true, true],
    [false, false, false, true],
  ])('used in the windows %s, %s, %s: victim %s', (a, b, c, victim) => {
    expect(isVictim([a, b, c])).toBe(victim);
  });

  it('I9: says nothing with fewer than three samples or an empty one: nobody seen is not nobody there', () => {
    expect(victimsOf(['a'], [sample('b'), sample('b')])).toEqual({
      ok: false,
      because: 'there are 2 samples of accesses, and 3 are needed',
    });
    expect(victimsOf(['a'], [sample('b'), sample(), sample('b')])).toEqual({
      ok: false,
      because: 'sample 2 of 3 is empty',
    });
  });

  const keys = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 30 });
  const windows = fc.array(fc.uniqueArray(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 30 }), {
    minLength: K,
    maxLength: K + 2,
  });
  const victims = (asked: readonly string[], used: readonly (readonly string[])[]): readonly string[] => {
    const answer = victimsOf(
      asked,
      used.map((one) => new Set(one)),
    );
    return answer.ok ? answer.victims : [];
  };
  const missing = (key: string, used: readonly (readonly string[])[]): number =>
    used.slice(0, K).filter((one) => !one.includes(key)).length;

  it('always: a victim is missing from at least 2 of the last 3 accesses, and what is missing from 2 is a victim', () => {
    fc.assert(
      fc.property(keys, windows, (asked, used) => {
        const found = victims(asked, used);
        expect(found.toSorted()).toEqual(asked.filter((key) => missing(key, used) >= 2).toSorted());
      }),
    );
  });

  it('always: a further use never makes a victim of a key, and older windows than three change nothing', () => {
    fc.assert(
      fc.property(keys, windows, fc.nat(K - 1), (asked, used, window) => {
        const [key = ''] = asked;
        const more = used.map((one, i) => (i === window ? [...one, key] : one));
        if (!victims(asked, used).includes(key)) expect(victims(asked, more)).not.toContain(key);
        expect(victims(asked, used.slice(0, K))).toEqual(victims(asked, used));
      }),
    );
  });

  it('always: those that are missing from more come first', () => {
    fc.assert(
      fc.property(keys, windows, (asked, used) => {
        const counts = victims(asked, used).map((key) => missing(key, used));
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
      }),
    );
  });
});

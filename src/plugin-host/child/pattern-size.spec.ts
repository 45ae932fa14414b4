import { describe, expect, it } from 'vitest';
import { sizeOf } from './pattern-size.js';

describe('the size of a pattern', () => {
  it.each<[string, number]>([
    ['abc', 3],
    ['a{3}', 3],
    ['a{2,5}b', 6],
    ['[a-z\\]]{10}', 10],
    ['[]{9}]{2}', 2],
    ['\\d{4}-\\d{2}', 7],
    ['(ab){10}', 30],
    ['((a{10}){10}){10}', 1_110],
    ['(a?){900}', 2_700],
    ['(((', 0],
    [')))', 3],
    ['a{3', 3],
    ['{5}', 0],
  ])('%s: %d', (pattern, size) => {
    expect(sizeOf(pattern)).toBe(size);
  });

  it('S9, S16: takes no longer than the pattern is long', () => {
    const fastest = (repeats: number): number => {
      const took = Array.from({ length: 20 }, () => {
        const began = performance.now();
        for (const part of ['[', '[\\]', '(a{9}', '{1,9}', '\\']) sizeOf(part.repeat(repeats));
        return performance.now() - began;
      });
      return Math.min(...took);
    };
    // sixteen times as long: whatever is quadratic would take 256 times as long
    expect(fastest(6_400)).toBeLessThan(100 * fastest(400));
  });
});

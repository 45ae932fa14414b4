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

  it('S9, S16: takes no time itself', () => {
    const began = performance.now();
    for (const pattern of ['['.repeat(500), '(a{9}'.repeat(100), '{1,9}'.repeat(100), '\\'.repeat(499)])
      sizeOf(pattern);
    expect(performance.now() - began).toBeLessThan(50);
  });
});

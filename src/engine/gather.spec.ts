import { describe, expect, it } from 'vitest';
import { gather } from './gather.js';

describe('gather', () => {
  it('makes one call of those of one turn, and gives each its own results', async () => {
    const calls: number[][] = [];
    const double = gather(async (items: readonly number[]) => {
      calls.push([...items]);
      return items.map((item) => item * 2);
    });
    expect(await Promise.all([double([1, 2]), double([]), double([3])])).toEqual([[2, 4], [], [6]]);
    expect(await double([4])).toEqual([8]);
    expect(calls).toEqual([[1, 2, 3], [4]]);
  });

  it('fails all calls of a turn when the one call fails, and goes on afterwards', async () => {
    let fails = true;
    const one = gather(async (items: readonly number[]) => {
      if (fails) throw new Error('no answer');
      return items;
    });
    const settled = await Promise.allSettled([one([1]), one([2])]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await one([3])).toEqual([3]);
  });
});

import { describe, expect, it } from 'vitest';
import { waitFor } from './wait-for.js';

describe('waitFor', () => {
  it('gives the first answer', async () => {
    let asked = 0;
    expect(await waitFor('a third time', () => ++asked === 3 && 'there', 1_000, 1)).toBe('there');
    expect(asked).toBe(3);
  });

  it('takes 0 and the empty string for answers', async () => {
    expect(await waitFor('zero', () => 0, 10)).toBe(0);
    expect(await waitFor('nothing in it', () => '', 10)).toBe('');
  });

  it('goes on after a check that throws, and tells of it when the time is over', async () => {
    let asked = 0;
    const check = (): string => {
      if (++asked < 3) throw new Error('not yet');
      return 'there';
    };
    expect(await waitFor('it', check, 1_000, 1)).toBe('there');
    const never = (): undefined => {
      throw new Error('refused');
    };
    await expect(waitFor('the moon', never, 5, 1)).rejects.toThrow(/5 ms in vain for the moon; .*refused/);
  });
});

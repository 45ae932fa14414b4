import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInShare, placeOf } from './share.js';

const key = fc.uint8Array({ maxLength: 40 });

describe('shares of keys', () => {
  it('always: each key is in exactly one of the shares that follow one another', () => {
    const stages = [
      { from: 0, to: 10 },
      { from: 10, to: 50 },
      { from: 50, to: 100 },
    ];
    fc.assert(
      fc.property(key, (bytes) => {
        expect(stages.filter((share) => isInShare(bytes, share))).toHaveLength(1);
      }),
    );
  });

  it('always: a key has the same place, from 0 to less than 100', () => {
    fc.assert(
      fc.property(key, (bytes) => {
        expect(placeOf(bytes)).toBe(placeOf(Uint8Array.from(bytes)));
        expect(placeOf(bytes)).toBeGreaterThanOrEqual(0);
        expect(placeOf(bytes)).toBeLessThan(100);
      }),
    );
  });

  it('keeps to the places that plans of before an update were made for', () => {
    expect(['', 'config:1', 'config:2', 'session:a'].map((text) => placeOf(Buffer.from(text)))).toMatchInlineSnapshot(`
      [
        6.06,
        52.28,
        88.51,
        62.74,
      ]
    `);
  });

  it.each(['user:', 'config:orders:item:', 'k'])('spreads 20,000 keys %s<n> evenly', (prefix) => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i += 1) {
      const tenth = Math.floor(placeOf(Buffer.from(`${prefix}${i}`)) / 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});

import { describe, expect, it } from 'vitest';
import { isFlushed, positionOf, sayBytes } from './position.js';

describe('a place in the write-ahead log', () => {
  it('is read as PostgreSQL writes it', () => {
    expect(positionOf('0/0')).toBe(0n);
    expect(positionOf('16/B374D848')).toBe(0x16_b374_d848n);
  });

  it.each([
    ['0/3000060', '0/3000060', true],
    ['0/3000060', '0/3000088', false],
    // where the next record goes is behind the header of its page, of 24 bytes or, at the start of a segment, of 40
    ['0/3002000', '0/3002018', true],
    ['0/3100000', '0/3100028', true],
    ['0/3100000', '0/3100050', false],
    ['0/3002010', '0/3002028', false],
  ])('flushed to %s and inserted to %s: all on disk is %s', (flushed, inserted, all) => {
    expect(isFlushed(positionOf(inserted), positionOf(flushed))).toBe(all);
  });

  it('is said in the largest unit', () => {
    expect([0, 1_023, 1_024, 16 * 1_048_576, 1_600 * 1_048_576].map(sayBytes)).toEqual([
      '0 B',
      '1023 B',
      '1 KiB',
      '16 MiB',
      '1.6 GiB',
    ]);
  });
});

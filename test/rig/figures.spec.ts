import { describe, expect, it } from 'vitest';
import { columns, milliseconds, percentile } from './figures.js';

describe('percentile', () => {
  it('takes the nearest rank', () => {
    const values = [5, 1, 4, 2, 3];
    expect([percentile(values, 50), percentile(values, 95), percentile(values, 0)]).toEqual([3, 5, 1]);
  });

  it('has nothing to say about no values', () => {
    expect(percentile([], 50)).toBeUndefined();
  });
});

describe('milliseconds', () => {
  it('separates thousands and rounds', () => {
    expect([milliseconds(12_345.6), milliseconds(undefined)]).toEqual(['12,346', '-']);
  });
});

describe('columns', () => {
  it('aligns to the widest cell', () => {
    expect(
      columns([
        ['a', '100'],
        ['bcd', '1'],
      ]),
    ).toEqual(['  a  100', 'bcd    1']);
  });
});

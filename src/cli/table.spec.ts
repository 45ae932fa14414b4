import { describe, expect, it } from 'vitest';
import { pairs, table } from './table.js';

describe('tables', () => {
  it('have columns as wide as their widest cell, and one line for each row', () => {
    const rows = [
      ['x1', 'traffic/shop', 'first'],
      ['x22', 'a', 'second\n  third'],
    ];
    expect(table(['ID', 'TARGET', 'WHY'], rows)).toEqual([
      'ID   TARGET        WHY',
      'x1   traffic/shop  first',
      'x22  a             second third',
    ]);
  });

  it('of pairs leave out what has no value', () => {
    expect(
      pairs([
        ['id', 'x1'],
        ['nothing', undefined],
        ['detail', 'a\r\nb'],
      ]),
    ).toEqual(['id      x1', 'detail  a b']);
    expect(pairs([])).toEqual([]);
  });
});

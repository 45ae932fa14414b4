import { describe, expect, it } from 'vitest';
import { oneLine, visible } from './one-line.js';

describe('S8: what a program said becomes one line', () => {
  it.each([
    ['  plain text\n', 'plain text'],
    ['two\nlines\tand a tab', 'two lines and a tab'],
    ['\u001B[31mred\u0000\u0007', '\\u{1b}[31mred\\u{0}\\u{7}'],
    ['carriage\rreturn', 'carriage\\u{d}return'],
    ['turned \u202Egnp.exe', 'turned \\u{202e}gnp.exe'],
    ['a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
    ['Größe: 5 \u{1F525}', 'Größe: 5 \u{1F525}'],
  ])('%j', (said, shown) => expect(oneLine(said)).toBe(shown));

  it('of a limited length, which says that there was more', () => {
    expect(oneLine('x'.repeat(301))).toBe(`${'x'.repeat(300)}...`);
    expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300));
    expect(oneLine('x'.repeat(10_000_000), 5)).toBe('xxxxx...');
    expect(oneLine('\u0000'.repeat(10_000)).length).toBe(303);
  });

  it('or several, where lines are wanted', () => {
    expect(visible('a\n\u001B[2Jb')).toBe('a\n\\u{1b}[2Jb');
  });
});

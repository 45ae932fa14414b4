import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml-source.js';

function placeOf(
  text: string,
  path: (string | number)[],
  more: { onKey?: boolean; within?: { line: number; column: number } } = {},
): string {
  const parsed = parseYaml('f.yaml', text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { line, column } = parsed.source.problem({ path, message: '', ...more });
  return `${line}:${column}`;
}

describe('a YAML file', () => {
  const text = 'a:\n  b: [1, { c: x }]\n  "d": &d\n    e: 2\nf: *d\n';

  it('knows where its values and keys stand', () => {
    expect(placeOf(text, ['a', 'b', 1, 'c'])).toBe('2:15');
    expect(placeOf(text, ['a', 'b', 1, 'c'], { onKey: true })).toBe('2:12');
    expect(placeOf(text, ['a', 'd', 'e'])).toBe('4:8');
    expect(placeOf(text, ['f', 'e'])).toBe('4:8');
  });

  it('reports what is missing where it should have been', () => {
    expect(placeOf(text, ['a', 'x', 'y'])).toBe('1:1');
    expect(placeOf(text, ['a', 'b', 1, 'x'])).toBe('2:10');
    expect(placeOf(text, ['x'])).toBe('1:1');
  });

  it.each([
    ['a: bc {{x', '1:7'],
    ['a: "bc {{x"', '1:8'],
    ["a: 'bc {{x'", '1:8'],
    ['a: |\n  bc {{x', '2:6'],
    ['a: >-\n    bc {{x', '2:8'],
  ])('knows where a place inside a text stands: %j', (yaml, expected) => {
    expect(placeOf(yaml, ['a'], { within: { line: 1, column: 4 } })).toBe(expected);
  });

  it.each([
    ['a'.repeat(300_000), 'larger than 256 KiB'],
    ['['.repeat(100_000), ''],
    [`${'['.repeat(200)}${']'.repeat(200)}`, 'nested too deeply, or contains itself'],
    [`[${'1,'.repeat(60_000)}]`, 'more than 50000 values'],
    ['a: *nobody', ''],
    ['a: !!binary aGk=', ''],
    ['? [a]\n: b', ''],
    ['a: b\n\ta: c', ''],
    ['a: \u0000', ''],
  ])('is refused with a reason (%#)', (yaml, reason) => {
    const parsed = parseYaml('f.yaml', yaml);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.problems[0]?.message).toContain(reason);
  });

  it('never throws, whatever stands in it (I12)', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '!t',
      '|',
      '>',
      '"',
      "'",
      '#',
      '? ',
      '---\n',
      '\t',
      '%',
      '<<',
      '0x',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const parsed = parseYaml('f.yaml', text);
        if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});

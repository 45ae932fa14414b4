import { describe, expect, it } from 'vitest';
import { labelsFrom } from './alert.js';
import { formatMatcher, matchesAbsent, matchesAll, parseMatchers, type Matcher } from './matcher.js';

function read(text: string): readonly Matcher[] {
  const parsed = parseMatchers(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.matchers;
}

const plainly = (text: string): string[][] => read(text).map(({ name, op, value }) => [name, op, value]);
const holds = (text: string, labels: Record<string, string>): boolean => matchesAll(read(text), labelsFrom(labels));

describe('parseMatchers', () => {
  it.each<[text: string, read: string[][]]>([
    ['alertname="CenterDown"', [['alertname', '=', 'CenterDown']]],
    ['alertname=CenterDown', [['alertname', '=', 'CenterDown']]],
    ['{alertname="CenterDown"}', [['alertname', '=', 'CenterDown']]],
    [
      ' { a = "1" , b != "2" , } ',
      [
        ['a', '=', '1'],
        ['b', '!=', '2'],
      ],
    ],
    [
      'a=~"x|y",b!~"z.*"',
      [
        ['a', '=~', 'x|y'],
        ['b', '!~', 'z.*'],
      ],
    ],
    ['a="1",', [['a', '=', '1']]],
    ['a=""', [['a', '=', '']]],
    ['a=', [['a', '=', '']]],
    ['a="with , comma } and = sign"', [['a', '=', 'with , comma } and = sign']]],
    [String.raw`a="say \"hello\"\n\\ there"`, [['a', '=', 'say "hello"\n\\ there']]],
    ['"région"="île"', [['région', '=', 'île']]],
    ['"with space"="1"', [['with space', '=', '1']]],
    ['région="île"', [['région', '=', 'île']]],
    ['"say \\"a\\""="1"', [['say "a"', '=', '1']]],
    ['toString="1"', [['toString', '=', '1']]],
  ])('reads %s', (text, expected) => expect(plainly(text)).toEqual(expected));

  it.each<[text: string, complaint: string, column: number]>([
    ['', 'a matcher such as alertname="X" was expected', 1],
    ['{}', 'a matcher such as alertname="X" was expected', 3],
    ['{a="1"', 'a closing brace } is missing', 7],
    ['a="1"}', 'a comma or the end was expected', 6],
    ['a="1" b="2"', 'a comma or the end was expected', 7],
    ['a', 'one of = != =~ !~ was expected', 2],
    ['a<"1"', 'one of = != =~ !~ was expected', 3],
    ['="1"', 'a label name was expected', 1],
    [',', 'a label name was expected', 1],
    ['""="1"', 'a label name was expected', 3],
    ['a="1', 'the quoted value does not end, or has a wrong escape', 3],
    [String.raw`a="\t"`, 'the quoted value does not end, or has a wrong escape', 3],
  ])('says what is wrong with %s, and where', (text, complaint, column) => {
    expect(parseMatchers(text)).toEqual({
      ok: false,
      detail: `${complaint}, at column ${column} of ${JSON.stringify(text)}`,
    });
  });

  it.each(['a=~"("', 'a=~"*"', 'a=~"(?=x)"', String.raw`a=~"(x)\\1"`, 'a=~"[z-a]"'])(
    'refuses %s: it is not RE2',
    (text) => {
      const parsed = parseMatchers(text);
      expect(parsed.ok ? '' : parsed.detail).toMatch(/is not a regular expression \(RE2\): .+, at column \d+/);
    },
  );

  it.each(['a="1"', '"with space"="1"', 'a=~"x|y"', String.raw`a="say \"x\" \\ \n"`, 'b!~""'])(
    'reads what it wrote itself: %s',
    (text) => {
      const [matcher] = read(text);
      const again = matcher === undefined ? '' : formatMatcher(matcher);
      expect(plainly(again)).toEqual(plainly(text));
    },
  );
});

describe('a matcher', () => {
  it.each<[text: string, labels: Record<string, string>, holds: boolean]>([
    ['a="1"', { a: '1' }, true],
    ['a="1"', { a: '2' }, false],
    ['a="1"', {}, false],
    ['a!="1"', { a: '2' }, true],
    ['a!="1"', { a: '1' }, false],
    ['a!="1"', {}, true],
    ['a=""', {}, true],
    ['a=""', { a: '' }, true],
    ['a!=""', {}, false],
    ['a!=""', { a: '1' }, true],
    ['a=~"x|y"', { a: 'y' }, true],
    ['a=~"x|y"', { a: 'xx' }, false],
    ['a=~"x"', { a: 'axb' }, false],
    ['a=~".*x.*"', { a: 'a\nxb' }, true],
    ['a=~".+"', {}, false],
    ['a=~".*"', {}, true],
    ['a!~"x|y"', { a: 'xx' }, true],
    ['a!~"x|y"', { a: 'x' }, false],
    ['a!~"x"', {}, true],
    ['a=~"(?i)X"', { a: 'x' }, true],
    ['a="1",b="2"', { a: '1', b: '2' }, true],
    ['a="1",b="2"', { a: '1' }, false],
    ['toString!=""', {}, false],
    ['constructor=~".+"', { a: '1' }, false],
    ['"île"="1"', { île: '1' }, true],
  ])('%s on %j: %s', (text, labels, expected) => expect(holds(text, labels)).toBe(expected));

  it('I9: no matchers at all hold for nothing', () => expect(matchesAll([], labelsFrom({ a: '1' }))).toBe(false));

  it.each<[text: string, absent: boolean]>([
    ['a="1"', false],
    ['a=""', true],
    ['a!="1"', true],
    ['a=~".*"', true],
    ['a=~".+"', false],
    ['a!~".+"', true],
  ])('%s can hold without the label: %s', (text, absent) => {
    expect(read(text).map(matchesAbsent)).toEqual([absent]);
  });
});

describe('S9: a regular expression that would explode elsewhere', () => {
  /** The quickest of some runs, so that a pause of the machine does not count. */
  function quickest(run: () => void): number {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    });
    return Math.max(0.05, ...times.toSorted((a, b) => a - b).slice(0, 1));
  }

  it.each(['(a+)+$', '(a|a)*b', '(a|aa)+$', '(.*)*x', '([a-z]+)*1'])(
    '%s takes time in proportion to the text',
    (bomb) => {
      const [matcher] = read(`a=~"${bomb}"`);
      if (matcher === undefined) throw new Error('not read');
      const took = (length: number): number => {
        const labels = labelsFrom({ a: `${'a'.repeat(length)}!` });
        return quickest(() => expect(matchesAll([matcher], labels)).toBe(false));
      };
      took(5_000);
      // ten times the text: ten times the time where it is linear, a hundred times where it is quadratic
      expect(took(50_000) / took(5_000)).toBeLessThan(40);
    },
  );
});

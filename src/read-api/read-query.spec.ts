import { describe, expect, it } from 'vitest';
import { leastOf, type Query } from './query.js';
import { readMatch, readQuery } from './read-query.js';

/** Writes what was understood, each matcher as `name op value`. */
function shape(query: Query): unknown {
  switch (query.is) {
    case 'number':
      return query.value;
    case 'selector':
      return query.matchers.map(({ name, op, value }) => `${name} ${op} ${value}`);
    case 'compared':
      return [query.by, query.than, shape(query.of)];
    case 'aggregated':
      return [query.by, query.labels, shape(query.of)];
    case 'picked':
      return [query.by, query.most, query.labels, shape(query.of)];
  }
}

const understood = (text: string): unknown => {
  const read = readQuery(text);
  return read.ok ? shape(read.query) : read.error;
};

describe('PromQL that is understood', () => {
  it.each<[string, unknown]>([
    ['firebreak_execution', ['__name__ = firebreak_execution']],
    [' firebreak_execution {} # all of them', ['__name__ = firebreak_execution']],
    ['# first\nx{a="b", # second\n c!="d",}', ['__name__ = x', 'a = b', 'c != d']],
    [`x{a=~'b|c',d!~"e.*"}`, ['__name__ = x', 'a =~ b|c', 'd !~ e.*']],
    ['{__name__="x"}', ['__name__ = x']],
    ['{__name__=~"firebreak_.+",phase="held"}', ['__name__ =~ firebreak_.+', 'phase = held']],
    ['{"x","a"="b"}', ['__name__ = x', 'a = b']],
    [String.raw`x{a="\"\\\n\x41\101\u00e9\U0001F525'"}`, ['__name__ = x', `a = "\\\nAAé🔥'`]],
    [String.raw`x{a='\'"'}`, ['__name__ = x', `a = '"`]],
    ['x{a=`\\d"`}', ['__name__ = x', 'a = \\d"']],
    ['count', ['__name__ = count']],
    ['x >= 1700000000000', ['>=', 1.7e12, ['__name__ = x']]],
    ['(x) > 0 < (5 - 1)', ['<', 4, ['>', 0, ['__name__ = x']]]],
    ['x != -1.5e3', ['!=', -1500, ['__name__ = x']]],
    ['count(x)', ['count', [], ['__name__ = x']]],
    ['COUNT BY (a, b,) (x)', ['count', ['a', 'b'], ['__name__ = x']]],
    ['sum(x) by (a)', ['sum', ['a'], ['__name__ = x']]],
    ['max by () (min(x))', ['max', [], ['min', [], ['__name__ = x']]]],
    ['topk(3, x > 1)', ['topk', 3, [], ['>', 1, ['__name__ = x']]]],
    ['bottomk by (a) (2.9, x)', ['bottomk', 2, ['a'], ['__name__ = x']]],
    ['topk(-1, x)', ['topk', 0, [], ['__name__ = x']]],
    ['1+1', 2],
    ['-(2 ^ 3) / 4 % 3 * 2', -4],
    ['-1^2', -1],
    ['(-1)^2', 1],
    ['3 - 2^2', -1],
    ['-2 ^ 3 ^ 2', -512],
    ['010', 8],
    ['08', 8],
    ['1/0', Infinity],
    ['0x10', 16],
  ])('%s', (text, wanted) => expect(understood(text)).toEqual(wanted));
});

describe('PromQL that is not understood here is refused with what is', () => {
  it.each([
    ['rate(x[5m])', '1:1', 'a function ("rate(x[5m])")'],
    ['x[5m]', '1:1', 'a range of time'],
    ['x[5m:1m]', '1:1', 'a subquery'],
    ['x offset 5m', '1:1', 'the modifier offset'],
    ['x @ 12', '1:1', 'the modifier @'],
    ['sum(x @ end())', '1:5', 'the modifier @'],
    ['avg(x)', '1:1', 'the aggregation avg'],
    ['quantile(0.9, x)', '1:1', 'the aggregation quantile'],
    ['count without (a) (x)', '1:7', '"without"'],
    ['x + 1', '1:3', 'the operator + on series'],
    ['x and y', '1:3', 'the operator and on series'],
    ['x > y', '1:5', 'a comparison with something else than a number'],
    ['1 < x', '1:5', 'a comparison with something else than a number'],
    ['x > bool 0', '1:5', 'the modifier bool'],
    ['-x', '1:1', 'a sign before series'],
    ['"text"', '1:1', 'a string on its own'],
    ['topk(x, x)', '1:6', 'topk of something else than a number'],
    ['count(1)', '1:7', 'a duration, or a number where series were expected'],
    ['5m', '1:1', 'a duration'],
    ['\n rate(x[5m])', '2:2', 'a function'],
    [`${'('.repeat(30)}x${')'.repeat(30)}`, '1:22', 'this is nested too deeply'],
  ])('%s', (text, place, what) => {
    const said = understood(text);
    expect(said).toContain(`${place}: not understood here: ${what}`);
    expect(said).toContain('a selector such as firebreak_execution{phase="held"}');
  });
});

describe('what is no PromQL is refused as Prometheus does', () => {
  it.each([
    ['', '1:1: parse error: no expression found in input'],
    ['# nothing', '1:1: parse error: no expression found in input'],
    ['sum(', '1:5: parse error: unexpected end of input'],
    ['foo bar', '1:5: parse error: unexpected "bar"'],
    ['x{a="b"', '1:8: parse error: unexpected end of input'],
    ['x{a=b}', '1:5: parse error: unexpected "b"'],
    ['{a="b" c="d"}', '1:8: parse error: unexpected "c"'],
    ['$x', '1:1: parse error: unexpected "$"'],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['{a=~".*",b!="c"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['x{__name__="y"}', '1:1: parse error: metric name must not be set twice: "x" or "y"'],
    ['1 > 0', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
    ['count(x, y)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2'],
    ['topk(x)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1'],
    [String.raw`x{a="\q"}`, '1:3: parse error: wrong escape in a string'],
    ['x{a=~"("}', '1:3: parse error: error parsing regexp: missing closing ): `(?s)(`'],
    ['a'.repeat(9_000), 'a query may have 8192 characters at most'],
  ])('%s', (text, wanted) => expect(understood(text)).toBe(wanted));

  it.each([
    'x{a=~"((a?){100}){10}"}',
    'x{a=~"(.{0,30}){30}b"}',
    `x{${'a=~".*b",'.repeat(11)}}`,
    `x{${'a="b",'.repeat(60)}}`,
    `x{a=~"(?i)${String.raw`\\pL`.repeat(21)}"}`,
    // each of them would be looked for in each series
    `count by (${Array.from({ length: 51 }, (_, i) => `l${i}`).join()}) (x)`,
    `count by (${'a,'.repeat(60)}a) (x)`,
  ])('S9: what would take long is refused: %s', (text) => expect(understood(text)).toMatch(/too large|at most/));

  it.each([
    ['('.repeat(8_000), '1:201: parse error: unexpected "("'],
    [`${'sum('.repeat(1_500)}x${')'.repeat(1_500)}`, '1:804: parse error: unexpected "("'],
    [`x{a="${'('.repeat(300)}"} ${'"'.repeat(7_000)}`, '1:309: parse error: unexpected "\\""'],
    [`x{a="${'y'.repeat(600)}"} foo`, '1:609: parse error: unexpected "foo"'],
    [`x{a="${'y'.repeat(600)}"`, '1:607: parse error: unexpected end of input'],
  ])('S9: what is long is not gone on with behind its first mistake (%#)', (text, wanted) =>
    expect(understood(text)).toBe(wanted),
  );

  it('S9: a list of many values, as Grafana makes it, is no such thing', () => {
    const values = Array.from({ length: 200 }, (_, i) => `execution-${i}-0123456789`).join('|');
    expect(readQuery(`x{a=~"(${values})"}`)).toMatchObject({ ok: true });
    expect(readQuery(`x{a=~"${values.replaceAll(/[^|]+/g, '($&)')}|\\\\("}`)).toMatchObject({ ok: true });
  });
});

describe('the least value that counts', () => {
  it.each([
    ['x', -Infinity],
    ['x >= 5', 5],
    ['x > 5 == 7', 7],
    ['x == 7 > 5', 7],
    ['x < 5', -Infinity],
    ['x <= 5', -Infinity],
    ['x != 5', -Infinity],
    ['topk(3, x > 5)', 5],
    // a sum may reach what none of its parts reaches
    ['sum(x) >= 5', -Infinity],
    ['max(x > 2) >= 5', 2],
  ])('of %s is %d', (text, least) => {
    const read = readQuery(text);
    expect(read.ok && read.query.is !== 'number' ? leastOf(read.query) : read).toBe(least);
  });
});

describe('a selector on its own', () => {
  it.each(['x', '{a="b"}', 'x{a!="b"} # why'])('%s', (text) => expect(readMatch(text)).toMatchObject({ ok: true }));
  it.each(['', 'count(x)', 'x > 1', '{}', '1', 'x[5m]', 'x offset 1m'])('is not %j', (text) =>
    expect(readMatch(text)).toMatchObject({ ok: false }),
  );
});

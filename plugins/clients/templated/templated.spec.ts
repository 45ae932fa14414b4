import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointFields } from './endpoint.js';
import { fillJson, fillPath } from './fill.js';
import { holeSchema, mistakeInHoles, valuesSchema } from './holes.js';
import { valueAt } from './reading.js';
import { pauseIn } from './refusal.js';
import { addressFields, fillRequest, pathTemplate, writeSchema } from './request.js';

const hostile = [
  '..',
  '.',
  '',
  '/',
  'a/b',
  'a\\b',
  '%2e%2e',
  '%2f',
  'a?b=c',
  'a#b',
  'a;b',
  'a b',
  'a\r\nX: y',
  '\u0000',
  '\u202e',
  '\ud800',
  'ä',
  '{flag}',
];

describe('S5: a value that fills a hole', () => {
  it.each(hostile)('of a path is refused when it could be more than a name: %j', (flag) => {
    expect(() => fillPath('/flags/{flag}', { flag })).toThrow(/no plain name|no plain/);
  });

  it('of a path never leads out of its segment', () => {
    const filled = (flag: string) => {
      try {
        return fillPath('/a/{flag}/b', { flag });
      } catch {
        return '/a/refused/b';
      }
    };
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('.', '/', '%', '2', 'e', 'f', '\\', ';') })),
        (flag) => {
          const path = filled(flag);
          expect(new URL(`http://x${path}`).pathname).toBe(path);
          expect(path.split('/')).toHaveLength(4);
        },
      ),
    );
  });

  it('can not be put together from two holes into the way up', () => {
    expect(() => fillPath('/a/{one}{two}', { one: '.', two: '.' })).toThrow(/no plain name/);
  });

  it('of a query or a form stays one value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (flag) => {
        const template = {
          method: 'POST' as const,
          path: '/',
          query: {},
          headers: {},
          form: { flag: '{flag}', b: '1' },
        };
        const { body } = fillRequest(template, { flag });
        expect([...new URLSearchParams(body)]).toEqual([
          ['flag', flag],
          ['b', '1'],
        ]);
      }),
    );
  });

  it('of a JSON body never changes its shape, and keeps its type where it stands alone', () => {
    fc.assert(
      fc.property(fc.string(), (flag) => {
        const json = { flag: '{flag}', comment: 'off: {flag}', on: false };
        const { body = '' } = fillRequest({ method: 'POST', path: '/', query: {}, headers: {}, json }, { flag });
        expect(JSON.parse(body)).toEqual({ flag, comment: `off: ${flag}`, on: false });
      }),
    );
    expect(fillJson({ a: '{v}', b: ['{v}'] }, { v: [1, { c: null }] })).toEqual({
      a: [1, { c: null }],
      b: [[1, { c: null }]],
    });
  });

  it('is not filled again: what looks like a hole in a value stays a text', () => {
    expect(fillJson('{a}-{a}', { a: '{b}', b: 'secret' })).toBe('{b}-{b}');
  });

  it.each(['constructor', 'toString'])('must be given: %s is nobody', (name) => {
    expect(() => fillJson(`{${name}}x`, {})).toThrow('nothing comes into the hole');
  });
});

describe('S6: what may come into a hole', () => {
  const accepts = (hole: unknown, value: unknown) =>
    valuesSchema({ it: holeSchema.parse(hole) }).safeParse({ it: value }).success;

  it('is a text that the whole pattern takes, of limited length', () => {
    expect(accepts({ pattern: '[a-z]+' }, 'abc')).toBe(true);
    for (const value of ['', 'abc1', '1abc', 'abc\n', 'a\nb', 'x'.repeat(129), 5, null, undefined, ['a']])
      expect(accepts({ pattern: '[a-z]+' }, value)).toBe(false);
  });

  it('is one of a list, of the same type', () => {
    expect(accepts({ oneOf: [true, 'off', 1] }, 'off')).toBe(true);
    for (const value of ['true', false, '1', 'OFF', ''])
      expect(accepts({ oneOf: [true, 'off', 1] }, value)).toBe(false);
  });

  it('is a number within bounds', () => {
    expect(accepts({ least: 0, most: 10 }, 10)).toBe(true);
    for (const value of [-1, 11, 1.5, NaN, Infinity, '5']) expect(accepts({ least: 0, most: 10 }, value)).toBe(false);
  });

  it.each(['.*', '.+', '[^a]*', '(', '(?=x)', ''])(
    'is never everything, nor nothing that can be read: %j',
    (pattern) => {
      expect(holeSchema.safeParse({ pattern }).success).toBe(false);
    },
  );

  it('S9: takes no time with a pattern that others choke on', () => {
    const start = performance.now();
    expect(accepts({ pattern: '(a+)+b', longest: 1000 }, 'a'.repeat(1000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('a template', () => {
  it.each(['flags', '//x', '/a//b', '/..', '/a/../b', '/a/.', '/a?b', '/a#b', '/a%2fb', '/a b', '/a\\b', ''])(
    'has no path %j',
    (path) => expect(pathTemplate.safeParse(path).success).toBe(false),
  );

  it.each([
    'Host',
    'content-length',
    'Transfer-Encoding',
    'authorization',
    'cookie',
    'Proxy-Authorization',
    'a b',
    'x:y',
  ])('sets no header %j', (name) => expect(addressFields.headers.safeParse({ [name]: 'x' }).success).toBe(false));

  it('has one body at most', () => {
    expect(writeSchema.safeParse({ method: 'POST', path: '/', json: {}, form: {} }).success).toBe(false);
  });

  it('says which hole is not there', () => {
    expect(mistakeInHoles(['flag'], ['flag', 'flg'], ['was'])).toBe(
      'there is no hole {flg} here; there are {flag}, {was}',
    );
    expect(mistakeInHoles(['was'], [], [])).toBe('a hole must not be called was: that one is there already');
    expect(mistakeInHoles(['flag'], ['flag', 'was'], ['was'])).toBeUndefined();
  });

  it.each(['ftp://x/', 'http://u:p@x/', 'http://x/?a=b', 'http://x/#a', 'x', 'file:///etc/passwd'])(
    'begins from no address %j',
    (url) => expect(endpointFields.url.safeParse(url).success).toBe(false),
  );
});

describe('reading', () => {
  it('finds a value by a pointer whose segments are filled one by one', () => {
    const json = { 'a/b': { 'c~d': [10, 20] }, 'x/y': 1, x: { y: 2 } };
    expect(valueAt(json, '/a~1b/c~0d/1', {})).toBe(20);
    expect(valueAt(json, '/{k}', { k: 'x/y' })).toBe(1);
    expect(valueAt(json, '', {})).toEqual(json);
    for (const place of ['/constructor', '/__proto__', '/x/y/z', '/a~1b/c~0d/length'])
      expect(valueAt(json, place, {})).toBeUndefined();
  });

  it('reads Retry-After as seconds or as a date, and never waits for ever', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(pauseIn('120', now)).toBe(120_000);
    expect(pauseIn('Sat, 21 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
    expect(pauseIn('Sat, 21 Nov 2026 11:00:00 GMT', now)).toBe(0);
    expect(pauseIn('999999999', now)).toBe(600_000);
    for (const text of [undefined, '', 'soon', '-5x']) expect(pauseIn(text, now)).toBeUndefined();
  });
});

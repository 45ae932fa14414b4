import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSpot } from './json-spot.js';

const cut = (text: string, path: readonly string[]) => {
  const spot = jsonSpot(text, path);
  return spot === undefined ? undefined : text.slice(spot.start, spot.end);
};

it.each<[string, string[], string | undefined]>([
  ['{"a": {"b": "c"}}', ['a', 'b'], '"c"'],
  [' { "a" :\n{"b":[1,{"x":"}"}] , "c" : "\\"]" } } ', ['a', 'c'], '"\\"]"'],
  ['{"a":{"b":true},"z":1}', ['a', 'b'], 'true'],
  ['{"a":1,"\\u0061":"last"}', ['a'], '"last"'],
  ['{"x\\\\":{"a":1},"a":"y"}', ['a'], '"y"'],
  ['{}', ['a'], undefined],
  ['[]', ['a'], undefined],
  ['{"a":"b"}', ['a', 'b'], undefined],
  ['{"b":{"a":1}}', ['a'], undefined],
])('in %s the value at %j is %s', (text, path, value) => {
  expect(cut(text, path)).toBe(value);
});

it('every member of any object is found as JSON reads it', () => {
  const given = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 1, '\t', ' \n'));
  fc.assert(
    fc.property(given, ([object, indent]) => {
      const text = JSON.stringify(object, null, indent);
      for (const [name, value] of Object.entries(z.record(z.string(), z.json()).parse(JSON.parse(text))))
        expect(JSON.parse(cut(text, [name]) ?? 'null')).toEqual(value);
    }),
  );
});

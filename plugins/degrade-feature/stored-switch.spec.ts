import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { differs, meaning, turned, type StoredSwitch } from './stored-switch.js';

const plain: StoredSwitch = { on: true, off: false };
const inField: StoredSwitch = { on: true, off: false, field: 'enabled' };

describe('a switch that is kept as a text', () => {
  it.each<[StoredSwitch, boolean, string | null, string]>([
    [plain, false, 'true', 'false'],
    [plain, true, null, 'true'],
    [{ on: '1', off: '0' }, false, '1', '0'],
    [{ on: 100, off: 0 }, false, '25', '0'],
    [inField, false, null, '{"enabled":false}'],
    [inField, false, '{"a":1}', '{"a":1,"enabled":false}'],
    [inField, false, '{"enabled":"yes","a":1}', '{"enabled":false,"a":1}'],
    [inField, false, ' { "enabled" : false } ', ' { "enabled" : false } '],
    [{ ...inField, field: '__proto__' }, false, '{"__proto__":true,"a":1}', '{"__proto__":false,"a":1}'],
  ])('%j turned to %j from %j is %j', (given, enabled, was, is) => expect(turned(given, enabled, was)).toBe(is));

  it.each<[StoredSwitch, string | null, string]>([
    [plain, null, 'not there'],
    [plain, 'true', 'on'],
    [plain, 'false', 'off'],
    [plain, 'x'.repeat(100), `${'x'.repeat(80)}...`],
    [inField, '{"enabled":false}', 'off'],
    [inField, '{"enabled":0.25}', '0.25'],
    [inField, '{}', 'null'],
  ])('%j that holds %j is said to be %s', (given, text, word) => expect(meaning(given, text)).toBe(word));

  it.each([null, '', 'true', '[]', 'null', '"x"', '{"a":12345678901234567}', '{'])('%j holds no field', (text) => {
    if (text === null) return expect(turned(inField, false, text)).toBe('{"enabled":false}');
    return expect(() => turned(inField, false, text)).toThrow(/look at field/);
  });

  it('keeps every other field, and turning twice is turning once', () => {
    // As JSON has it: a -0 is written as 0.
    const fields = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true })
      .map((held) => z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(held))));
    fc.assert(
      fc.property(fields, fc.boolean(), (held, enabled) => {
        const text = JSON.stringify(held);
        fc.pre(!/\d{16}/.test(text));
        const once = turned(inField, enabled, text);
        expect(JSON.parse(once)).toEqual({ ...held, enabled });
        expect(turned(inField, enabled, once)).toBe(once);
      }),
    );
  });

  it('can be told on from off, or is refused', () => {
    expect(differs(plain)).toBe(true);
    expect(differs({ on: 1, off: '1' })).toBe(false);
    expect(differs({ on: 1, off: '1', field: 'x' })).toBe(true);
  });
});

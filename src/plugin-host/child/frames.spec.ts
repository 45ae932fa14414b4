import { describe, expect, it } from 'vitest';
import { frameOf, FrameReader, LONGEST_MESSAGE, MOST_VALUES, readJson, valuesIn } from './frames.js';

function framesOf(bytes: Buffer, piece: number): (string | null)[] {
  const reader = new FrameReader();
  const found: (string | null)[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    reader.push(bytes.subarray(at, at + piece));
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      found.push(frame);
      if (frame === null) return found;
    }
  }
  return found;
}

describe('frames', () => {
  const messages = [{ a: 1 }, { text: 'ü\u0000\n"'.repeat(100) }, {}, { b: [null, true] }];
  const bytes = Buffer.concat(messages.map((one) => frameOf(one) ?? Buffer.alloc(0)));

  it.each([1, 2, 3, 5, 64, 1_000, bytes.length])('come out as they went in, in pieces of %d bytes', (piece) => {
    expect(framesOf(bytes, piece).map((text) => readJson(text ?? ''))).toEqual(messages);
  });

  it('S16: are refused by their length, before they are there', () => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(LONGEST_MESSAGE + 1);
    expect(framesOf(Buffer.concat([bytes, header]), 7).at(-1)).toBeNull();
    expect(frameOf({ text: 'x'.repeat(LONGEST_MESSAGE) })).toBeUndefined();
  });

  it('S16: are not made of too many values, which would take long to read', () => {
    expect(frameOf({ list: Array.from({ length: MOST_VALUES }, () => []) })).toBeUndefined();
    expect(frameOf({ text: ',[{'.repeat(MOST_VALUES) })).toBeDefined();
  });

  it.each<[unknown, number]>([
    [1, 1],
    [[1, 2, 3], 4],
    [{ a: [], b: 'x,[{"\\', c: '\\"' }, 5],
  ])('%j has at least as many values as are in it', (value, expected) => {
    expect(valuesIn(JSON.stringify(value))).toBe(expected);
  });

  it('S16: that come in pieces of a byte take little more memory than they are long', () => {
    const reader = new FrameReader();
    const before = process.memoryUsage().rss;
    const byte = Buffer.from([0]);
    for (let i = 0; i < 2_000_000; i += 1) reader.push(byte);
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(60);
  });
});

describe('JSON from a child', () => {
  it.each(['', '{', '{"a":', 'undefined', '['.repeat(100) + ']'.repeat(100)])('S16: %j is none', (text) => {
    expect(readJson(text)).toBeUndefined();
  });

  it.each([
    '{"__proto__":{"polluted":1},"a":1}',
    '{"\\u005f_proto__":{"polluted":1},"a":1}',
    '{"a":1,"\\u005F\\u005Fproto__":1}',
  ])('S16: loses what would become a prototype: %s', (text) => {
    const value = readJson(text);
    expect(value).toEqual({ a: 1 });
    expect(Object.hasOwn(value as object, '__proto__')).toBe(false);
    expect(Object.assign({}, value)).not.toHaveProperty('polluted');
  });
});

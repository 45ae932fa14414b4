import { decode, encode, type Answer } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLASS, OPCODE, readMessage, TYPE, writeMessage } from './dns-message.js';
import { readName, wireOf } from './dns-name.js';
import { addressSetOf, zoneVersionOf } from './dns-reading.js';
import { updateOf } from './dns-update.js';
import { canonicalValue, dataOf, valueOf } from './dns-values.js';

const question = { name: 'orders.example.test', type: TYPE.A, class: CLASS.IN };

describe('what is written', () => {
  it('is read in the same way by another library', () => {
    const written = writeMessage({ id: 4711, opcode: OPCODE.QUERY, question });
    expect(decode(written)).toMatchObject({
      id: 4711,
      type: 'query',
      opcode: 'QUERY',
      questions: [{ name: 'orders.example.test', type: 'A', class: 'IN' }],
      additionals: [],
    });
  });

  it('of an update are its zone, its conditions, and what is taken away and added', () => {
    const from = { values: ['192.0.2.1', '192.0.2.2'], ttl: 60 };
    const to = { values: ['192.0.2.3'], ttl: 20 };
    const wanted = { name: 'orders.example.test', type: 'A', from, to } as const;
    const { question: zone, answers, authorities } = updateOf('example.test', wanted);
    expect(zone).toMatchObject({ name: 'example.test', type: TYPE.SOA });
    const name = 'orders.example.test';
    expect(answers).toMatchObject([
      { name, type: TYPE.A, class: CLASS.IN, ttl: 0, data: Buffer.from([192, 0, 2, 1]) },
      { name, type: TYPE.A, class: CLASS.IN, ttl: 0, data: Buffer.from([192, 0, 2, 2]) },
    ]);
    expect(authorities).toMatchObject([
      { name, type: TYPE.A, class: CLASS.ANY, ttl: 0, data: Buffer.alloc(0) },
      { name, type: TYPE.A, class: CLASS.IN, ttl: 20, data: Buffer.from([192, 0, 2, 3]) },
    ]);
  });

  it('never takes anything away that was not there', () => {
    const nothing = { values: [], ttl: null };
    const to = { values: ['a.example.org'], ttl: 20 };
    const { answers, authorities } = updateOf('example.test', {
      name: 'w.example.test',
      type: 'CNAME',
      from: nothing,
      to,
    });
    expect(answers).toMatchObject([{ type: TYPE.ANY, class: CLASS.NONE }]);
    expect(authorities).toMatchObject([{ type: TYPE.CNAME, class: CLASS.IN, ttl: 20 }]);
  });
});

describe('what is read', () => {
  const answered = (answers: Answer[], flags = 1 << 10) =>
    readMessage(encode({ type: 'response', id: 1, flags, questions: [{ name: question.name, type: 'A' }], answers }));

  it('are the records of that name and type, in order', () => {
    const answer = answered([
      { name: 'orders.example.test', type: 'A', ttl: 60, data: '192.0.2.20' },
      { name: 'ORDERS.example.test', type: 'A', ttl: 60, data: '192.0.2.3' },
      { name: 'other.example.test', type: 'A', ttl: 60, data: '192.0.2.4' },
      { name: 'orders.example.test', type: 'AAAA', ttl: 60, data: '2001:db8::1' },
    ]);
    expect(answer).toMatchObject({ isAnswer: true, authoritative: true, code: 0 });
    const { values, ttl } = addressSetOf('ns', { name: question.name, type: 'A' }, answer);
    expect({ values, ttl }).toEqual({ values: ['192.0.2.20', '192.0.2.3'], ttl: 60 });
  });

  it('is the version of the zone, and how long resolvers remember that a name is not there', () => {
    const data = { mname: 'ns.example.test', rname: 'admin.example.test', serial: 4_294_967_295, minimum: 30 };
    const answer = answered([{ name: 'example.test', type: 'SOA', ttl: 60, data }]);
    expect(zoneVersionOf('ns', 'example.test', answer)).toMatchObject({ serial: 4_294_967_295, absenceTtl: 30 });
    expect(() => zoneVersionOf('ns', 'other.test', answer)).toThrow(/has no zone other.test/);
  });

  it('of bytes that are no message is a RangeError, whatever they are', () => {
    const sound = encode({
      type: 'response',
      questions: [{ name: question.name, type: 'A' }],
      answers: [
        { name: question.name, type: 'CNAME', ttl: 1, data: 'a.example.org' },
        { name: question.name, type: 'A', ttl: 1, data: '192.0.2.1' },
      ],
    });
    const damaged = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
      const copy = Buffer.from(sound);
      for (const [at, byte] of changes) copy[at] = byte;
      return copy;
    });
    const bytes = fc.oneof(
      damaged,
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    );
    const isFine = (message: Buffer): boolean => {
      try {
        readMessage(message);
        return true;
      } catch (error) {
        return error instanceof RangeError;
      }
    };
    fc.assert(fc.property(bytes, isFine), { numRuns: 5_000 });
  });

  it('ends although a name points at itself', () => {
    expect(() => readName(Buffer.from([0xc0, 0x00]), 0)).toThrow(RangeError);
    expect(() => readName(Buffer.from([1, 97, 0xc0, 0x00]), 2)).not.toThrow(/stack/);
  });
});

describe('names', () => {
  it('come back as they were written, odd bytes included', () => {
    for (const name of [
      '',
      'a',
      'orders.example.test',
      '_dmarc.example.test',
      'john\\046doe.example.test',
      '\\000\\255x',
    ]) {
      expect(readName(wireOf(name), 0)).toEqual({ text: name, next: wireOf(name).length });
    }
    expect(readName(Buffer.from('\x03A.B\x00', 'latin1'), 0).text).toBe('a\\046b');
  });

  it.each(['a..b', 'x'.repeat(64), `${'x'.repeat(60)}.`.repeat(5)])('%j is none', (name) => {
    expect(() => wireOf(name)).toThrow(RangeError);
  });
});

describe('values', () => {
  it.each([
    ['A', '192.0.2.1', '192.0.2.1'],
    ['AAAA', '2001:DB8:0:0::1', '2001:db8::1'],
    ['AAAA', '::', '::'],
    ['AAAA', '1::', '1::'],
    ['AAAA', '::ffff:192.0.2.1', '::ffff:c000:201'],
    ['AAAA', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['CNAME', 'A.example.org', 'a.example.org'],
  ] as const)('of type %s: %s is %s, also after the wire', (type, text, canonical) => {
    expect(canonicalValue(type, text)).toBe(canonical);
    expect(valueOf(type, dataOf(type, canonical))).toBe(canonical);
  });

  it('of any IPv6 address come back', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalValue('AAAA', text) ?? '';
        return valueOf('AAAA', dataOf('AAAA', canonical)) === canonical;
      }),
    );
  });

  it.each(['192.0.2', '192.0.2.256', '1', '0x7f000001', ' 192.0.2.1', '::1', ''])('%j is no IPv4 address', (text) => {
    expect(canonicalValue('A', text)).toBeUndefined();
  });

  it.each(['192.0.2.1', 'fe80::1%eth0', '1:2', ':::', '[::1]'])('%j is no IPv6 address', (text) => {
    expect(canonicalValue('AAAA', text)).toBeUndefined();
  });
});

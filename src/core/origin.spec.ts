import { describe, expect, it } from 'vitest';
import { isTraceId, readTraceparent, readTracestate, writeTraceparent } from './origin.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('a traceparent', () => {
  it('is read as W3C writes it, and written the same', () => {
    for (const flags of ['00', '01']) {
      const text = `00-${traceId}-${spanId}-${flags}`;
      const read = readTraceparent(text);
      expect(read).toEqual({ traceId, spanId, sampled: flags === '01' });
      expect(read && writeTraceparent(read)).toBe(text);
    }
  });

  it('of a later version is read as far as it is known', () => {
    expect(readTraceparent(`cc-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId, sampled: true });
  });

  it.each([
    undefined,
    '',
    traceId,
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}-01 `,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-0g`,
    `cc-${traceId}-${spanId}-01-${'x'.repeat(200)}`,
    `00-${traceId}-${spanId}-01\r\nx: y`,
  ])('that is none is ignored: %j', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });

  it('has an id of 32 digits that are not all zero', () => {
    expect([traceId, '0'.repeat(32), `${traceId}0`, 'trace-1', traceId.toUpperCase()].map(isTraceId)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('a tracestate', () => {
  it.each([
    'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    'rojo=1, congo=a b\t',
    'fw529a3039@dt=FfAAAA;x:y',
    '0tenant@v=1',
    'a=1,,b=2',
    Array.from({ length: 32 }, (_, i) => `k${i}=v`).join(','),
    `k=${'v'.repeat(256)}`,
  ])('is passed on as it came: %j', (text) => {
    expect(readTracestate(text)).toBe(text);
  });

  it.each([
    undefined,
    '',
    ' , ',
    'rojo',
    'rojo=',
    'Rojo=1',
    '0rojo=1',
    'rojo=1,rojo=2',
    'rojo=1,congo=a=b',
    'rojo=1\r\nx: y',
    'rojo=\u00e9',
    `k=${'v'.repeat(257)}`,
    `k=${'v'.repeat(256)},l=${'v'.repeat(256)}`,
    Array.from({ length: 33 }, (_, i) => `k${i}=v`).join(','),
  ])('that is none is dropped whole: %j', (text) => {
    expect(readTracestate(text)).toBeUndefined();
  });
});

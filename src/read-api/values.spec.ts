import { describe, expect, it } from 'vitest';
import { readLength, readTime } from './times.js';
import { sample, sayValue } from './values.js';

describe('values', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1.5, '1.5'],
    [1_700_000_000_000, '1700000000000'],
    [1e21, '1000000000000000000000'],
    [-1.25e22, '-12500000000000000000000'],
    [1e-7, '0.0000001'],
    [-2.5e-9, '-0.0000000025'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ])('%d is written as Prometheus writes it: %s', (value, text) => {
    expect(sayValue(value)).toBe(text);
    expect(Object.is(Number(text.replace('Inf', 'Infinity')), value)).toBe(true);
  });

  it('moments are seconds with a fraction', () => expect(sample(1_700_000_000_123, 1)).toBe('[1700000000.123,"1"]'));
});

describe('times', () => {
  it.each([
    ['4', 4_000],
    ['1700000000.1234567', 1_700_000_000_123],
    ['-1.5e3', -1_500_000],
    ['2026-11-21T10:00:00.5+01:00', Date.parse('2026-11-21T09:00:00.500Z')],
    ['292277025-08-18T07:12:54.999999999Z', 8.64e15],
    ['', undefined],
    ['abc', undefined],
    ['0x10', undefined],
    ['1e300', undefined],
    ['2026-11-21', undefined],
    ['2026-13-21T10:00:00Z', undefined],
  ])('%j is %d', (text, ms) => expect(readTime(text)).toBe(ms));

  it.each([
    ['15', 15_000],
    ['0.289', 289],
    ['1m30s', 90_000],
    ['-1', -1_000],
  ])('%j lasts %d ms', (text, ms) => expect(readLength('step', text)).toEqual({ ok: true, ms }));

  it.each(['', 'x', '1.5m', '1e400', 'NaN'])('%j is no length', (text) =>
    expect(readLength('step', text)).toMatchObject({
      ok: false,
      error: `invalid parameter "step": cannot parse ${JSON.stringify(text)} to a valid duration`,
    }),
  );
});

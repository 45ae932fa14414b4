import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, sayDuration } from './duration.js';

describe('parseDuration', () => {
  it.each<[text: string, ms: number]>([
    ['0', 0],
    ['0s', 0],
    ['250ms', 250],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
    ['1y', 31_536_000_000],
    ['1y2w3d4h5m6s7ms', 31_536_000_000 + 14 * 86_400_000 + 3 * 86_400_000 + 4 * 3_600_000 + 306_007],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toEqual({ ok: true, ms }));

  it.each(['', ' ', '5', '-5s', '1.5h', '5 s', '30m1h', '1h1h', 's', '1H', 'P1D', '5s\n', '٥s'])(
    'refuses %j and shows how to write it',
    (text) => {
      const parsed = parseDuration(text);
      expect(parsed.ok ? '' : parsed.detail).toBe(
        `"${text}" is not a duration: write it as Prometheus does, for example 90s, 10m or 1h30m`,
      );
    },
  );

  it('refuses what no clock can hold', () => {
    expect(parseDuration('99999999999999y')).toEqual({ ok: false, detail: '"99999999999999y" is too long' });
  });
});

describe('formatDuration', () => {
  it.each<[ms: number, text: string]>([
    [0, '0s'],
    [-5, '0s'],
    [0.4, '0s'],
    [1, '1ms'],
    [5_400_000, '1h30m'],
    [90_000, '1m30s'],
    [14 * 86_400_000, '14d'],
    [61_001, '1m1s1ms'],
  ])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('writes what it reads back, for every length', () => {
    const lengths = fc.maxSafeNat().map((ms) => ms % 2 ** 45);
    const property = fc.property(lengths, (ms) => {
      expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, ms });
    });
    fc.assert(property);
  });
});

describe('sayDuration', () => {
  it.each<[ms: number, text: string]>([
    [-5, '0 ms'],
    [0, '0 ms'],
    [0.2, '1 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [1_001, '2 s'],
    [200_000, '3 min 20 s'],
    [200_500, '3 min 21 s'],
    [59_999, '1 min'],
    [600_000, '10 min'],
    [3_605_000, '1 h'],
    [5_430_000, '1 h 30 min'],
    [93_600_000, '1 d 2 h'],
    [400 * 86_400_000, '400 d'],
  ])('says %d ms as %s', (ms, text) => expect(sayDuration(ms)).toBe(text));
});

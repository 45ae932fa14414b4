import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';

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

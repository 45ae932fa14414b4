import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviceFor, healthOf, inverseLatency, scoreOf, WEIGHTS, WINDOW_SECONDS, WINDOWS } from './score.js';

const TARGET = 0.01;

describe('the health score (D3)', () => {
  it('is of six windows of 10 s, and weighs 0.4, 0.3 and 0.3', () => {
    expect([WINDOWS, WINDOW_SECONDS, WEIGHTS]).toEqual([6, 10, { hitRate: 0.4, latency: 0.3, fallback: 0.3 }]);
  });

  // Each worked out by hand: 0.4 x hits + 0.3 x 10 ms / max(10 ms, p99) + 0.3 x fallbacks.
  it.each([
    ['all as it should', { hitRate: 1, p99: 0.01, fallback: 1 }, 1, 'use'], // 0.4 + 0.3 + 0.3
    ['faster than it need be', { hitRate: 1, p99: 0.0001, fallback: 1 }, 1, 'use'],
    ['half as fast', { hitRate: 0.9, p99: 0.02, fallback: 1 }, 0.81, 'use'], // 0.36 + 0.15 + 0.3
    ['just good enough', { hitRate: 0.8, p99: 0.0125, fallback: 0.8 }, 0.8, 'use'], // 0.32 + 0.24 + 0.24
    ['just not', { hitRate: 0.79, p99: 0.0125, fallback: 0.8 }, 0.796, 'read-only'], // 0.316 + 0.24 + 0.24
    ['in the middle', { hitRate: 0.6, p99: 0.04, fallback: 0.9 }, 0.585, 'read-only'], // 0.24 + 0.075 + 0.27
    ['just worth reading', { hitRate: 0.5, p99: 0.02, fallback: 0.5 }, 0.5, 'read-only'], // 0.2 + 0.15 + 0.15
    ['just not worth it', { hitRate: 0.5, p99: 0.02, fallback: 0.49 }, 0.497, 'bypass'], // 0.2 + 0.15 + 0.147
    ['cold', { hitRate: 0.05, p99: 1, fallback: 0.99 }, 0.32, 'bypass'], // 0.02 + 0.003 + 0.297
    ['slower than was measured', { hitRate: 1, p99: Infinity, fallback: 1 }, 0.7, 'read-only'], // 0.4 + 0 + 0.3
    ['nothing works', { hitRate: 0, p99: Infinity, fallback: 0 }, 0, 'bypass'],
  ] as const)('of a cache that is: %s', (_, window, score, advice) => {
    expect(healthOf([window], TARGET)).toMatchObject({ score, advice, worstP99: window.p99 });
  });

  it('of several windows is the mean, and so slides with them', () => {
    const warm = { hitRate: 0.9, p99: 0.01, fallback: 1 }; // 0.36 + 0.3 + 0.3 = 0.96
    const cold = { hitRate: 0.1, p99: 0.05, fallback: 0.8 }; // 0.04 + 0.06 + 0.24 = 0.34
    const after = (n: number) => [
      ...Array.from({ length: 6 - n }, () => warm),
      ...Array.from({ length: n }, () => cold),
    ];
    const seen = [0, 1, 2, 3, 4, 5, 6].map((n) => healthOf(after(n), TARGET)?.score);
    // 0.96 - n x 0.62 / 6
    expect(seen.map((score) => score?.toFixed(4))).toEqual([
      '0.9600',
      '0.8567',
      '0.7533',
      '0.6500',
      '0.5467',
      '0.4433',
      '0.3400',
    ]);
    expect(seen.map((score) => adviceFor(score ?? NaN))).toEqual([
      'use',
      'use',
      'read-only',
      'read-only',
      'read-only',
      'bypass',
      'bypass',
    ]);
    expect(healthOf(after(3), TARGET)?.parts).toEqual({ hitRate: 0.5, latency: 0.6, fallback: 0.9 });
  });

  it('of no window is none', () => {
    expect(healthOf([], TARGET)).toBeUndefined();
  });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const p99 = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant(Infinity));
const target = fc.double({ min: 0.001, max: 60, noNaN: true });
const window = fc.record({ hitRate: share, p99, fallback: share });
const windows = fc.array(window, { minLength: 1, maxLength: WINDOWS });

describe('whatever is measured', () => {
  it('the score and its parts lie within 0 and 1, and the score is what its parts make', () => {
    fc.assert(
      fc.property(windows, target, (some, goal) => {
        const health = healthOf(some, goal);
        const all = [health?.score, health?.parts.hitRate, health?.parts.latency, health?.parts.fallback];
        for (const one of all) expect(one !== undefined && one >= 0 && one <= 1).toBe(true);
        expect(health?.score).toBe(scoreOf(health?.parts ?? { hitRate: NaN, latency: NaN, fallback: NaN }));
      }),
    );
  });

  it('a part that gets better never lowers the score, in whichever window', () => {
    fc.assert(
      fc.property(windows, target, window, fc.nat(), (some, goal, better, at) => {
        const index = at % some.length;
        const was = healthOf(some, goal)?.score ?? NaN;
        for (const part of ['hitRate', 'p99', 'fallback'] as const) {
          const improved = some.map((one, i) => {
            if (i !== index) return one;
            return {
              ...one,
              [part]: part === 'p99' ? Math.min(one.p99, better.p99) : Math.max(one[part], better[part]),
            };
          });
          expect(healthOf(improved, goal)?.score).toBeGreaterThanOrEqual(was);
        }
      }),
    );
  });

  it('a latency counts as less the longer it is, and wholly up to its target', () => {
    fc.assert(
      fc.property(p99, p99, target, (one, other, goal) => {
        const [short, long] = [Math.min(one, other), Math.max(one, other)];
        expect(inverseLatency(short, goal)).toBeGreaterThanOrEqual(inverseLatency(long, goal));
        expect(inverseLatency(short, goal) === 1).toBe(short <= goal);
      }),
    );
  });

  it('the score says one thing, and a better one never says something worse', () => {
    const rank = (score: number) => ['bypass', 'read-only', 'use'].indexOf(adviceFor(score));
    fc.assert(
      fc.property(share, share, (a, b) => {
        expect(rank(Math.max(a, b))).toBeGreaterThanOrEqual(rank(Math.min(a, b)));
      }),
    );
  });
});

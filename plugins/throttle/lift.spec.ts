import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelsOf, nextLift, type Level, type WayBack } from './lift.js';

const healthy = { status: 'healthy', detail: 'ok' } as const;
const stages = [25, 50, 100];
const way = (before: Level, throttled: number, more: Partial<WayBack> = {}): WayBack => ({
  before,
  throttled,
  stages,
  ...more,
});

describe('the levels on the way back', () => {
  it.each<[string, WayBack, readonly Level[]]>([
    ['25, 50 and 100 percent of what was taken', way(500, 100), [100, 200, 300, 500]],
    ['are rounded towards the throttled one', way(10, 3), [3, 4, 6, 10]],
    ['are fewer where rounding makes them the same', way(3, 1), [1, 2, 3]],
    ['are none in between where one is all that was taken', way(2, 1), [1, 2]],
    ['go to no limit by the way to what counts as full', way(null, 20, { full: 100 }), [20, 40, 60, null]],
    ['go to no limit in one step where nothing says what full is', way(null, 20), [20, null]],
    ['are one where all is given back at once', way(500, 100, { stages: [100] }), [100, 500]],
    ['are none where nothing was taken', way(5, 5), [5]],
  ])('%s', (_, one, levels) => expect(levelsOf(one)).toEqual(levels));
});

describe('the next step back', () => {
  it.each<[string, Level, 'healthy' | 'unhealthy' | 'unknown' | 'none', object]>([
    ['begins with the first stage', 100, 'healthy', { do: 'set', to: 200 }],
    ['goes on from the stage that the target shows', 200, 'healthy', { do: 'set', to: 300 }],
    ['ends with what was before', 300, 'healthy', { do: 'set', to: 500 }],
    ['is none when all is as before', 500, 'unhealthy', { do: 'done' }],
    ['waits while it is unhealthy', 200, 'unhealthy', { do: 'stay', because: 'unhealthy: slow' }],
    ['waits while nobody knows: unknown is never success', 200, 'unknown', { do: 'stay', because: 'unknown: slow' }],
    ['is all of the way when there is no time, from the start', 100, 'none', { do: 'set', to: 500 }],
    ['is all of the way when there is no time, from a stage', 300, 'none', { do: 'set', to: 500 }],
    ['does not overrule what somebody set in between', 250, 'healthy', { do: 'foreign' }],
    ['does not overrule it when there is no time either', 250, 'none', { do: 'foreign' }],
    ['does not overrule a limit that somebody took away', null, 'healthy', { do: 'foreign' }],
  ])('%s', (_, now, status, move) => {
    const measured = status === 'none' ? undefined : { status, detail: 'slow' };
    expect(nextLift(way(500, 100), now, measured)).toEqual(move);
  });

  const ways = fc
    .record({
      throttled: fc.integer({ min: 1, max: 1_000_000_000 }),
      more: fc.integer({ min: 1, max: 1_000_000_000 }),
      unlimited: fc.boolean(),
      known: fc.boolean(),
      between: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 10 }),
    })
    .map(({ throttled, more, unlimited, known, between }) =>
      way(unlimited ? null : throttled + more, throttled, {
        stages: [...between.toSorted((a, b) => a - b), 100],
        ...(known ? { full: throttled + more } : {}),
      }),
    );
  const size = (level: Level): number => level ?? Infinity;

  it('only ever loosens, never goes beyond what was before, and ends exactly there, for every way and every mood of the target', () => {
    const moods = fc.array(fc.constantFrom('healthy', 'unhealthy', 'unknown'), { maxLength: 30 });
    fc.assert(
      fc.property(ways, moods, (one, moodsOf) => {
        let now: Level = one.throttled;
        for (const status of [...moodsOf, ...Array.from({ length: 12 }, () => 'healthy' as const)]) {
          const move = nextLift(one, now, { status, detail: '' });
          if (move.do === 'done') break;
          expect(move.do).toBe(status === 'healthy' ? 'set' : 'stay');
          if (move.do !== 'set') continue;
          expect(size(move.to)).toBeGreaterThan(size(now));
          expect(size(move.to)).toBeLessThanOrEqual(size(one.before));
          now = move.to;
        }
        expect(now).toBe(one.before);
        expect(nextLift(one, now, healthy)).toEqual({ do: 'done' });
      }),
    );
  });

  it('never sets anything where the target shows what is no stage of the way', () => {
    fc.assert(
      fc.property(ways, fc.option(fc.nat(2_000_000_001)), fc.boolean(), (one, now, hurried) => {
        fc.pre(!levelsOf(one).includes(now));
        expect(nextLift(one, now, hurried ? undefined : healthy)).toEqual({ do: 'foreign' });
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { advance, BATCH, differencesOf, freshComparison, type Comparison, type Manner } from './comparison.js';
import type { Page, Print, Side, Sides } from './sides.js';
import { comparing } from './slice.js';

/** Two maps that are walked in the order of their keys; whoever asks for more than a batch is refused. */
class Maps implements Sides {
  readonly data: Record<Side, Map<string, string>> = { here: new Map(), there: new Map() };
  run = 'run-1';
  asked = 0;
  /** Is called at each question for values. */
  onPrints: () => void = () => {};

  lineage = async () => this.run;
  about = async () => this.data.here.size;
  name = (key: string) => key;

  async page(side: Side, after: string | null): Promise<Page> {
    const keys = [...this.data[side].keys()].filter((key) => after === null || key > after).toSorted();
    const some = keys.slice(0, BATCH + 10); // as SCAN does: now and then more than was asked for
    return { keys: some, next: keys.length > some.length ? (some.at(-1) ?? null) : null };
  }

  async prints(side: Side, keys: readonly string[]): Promise<(Print | null)[]> {
    if (keys.length > BATCH) throw new Error(`asked for ${keys.length} keys at once`);
    this.asked += 1;
    this.onPrints();
    return keys.map((key) => {
      const value = this.data[side].get(key);
      return value === undefined ? null : { digest: value };
    });
  }

  has = async (side: Side, keys: readonly string[]) => keys.map((key) => this.data[side].has(key));
}

class TurnedClock {
  at = 0;
  slept = 0;
  now = () => this.at;
  sleep = async (ms: number) => {
    this.at += ms;
    this.slept += ms;
  };
}

const mannerOf = (clock: Manner['clock']): Manner => ({ keep: 3, toleranceMs: 100, settleMs: 200, clock });

function filled(keys: number): Maps {
  const maps = new Maps();
  for (let i = 0; i < keys; i += 1) {
    const key = `key-${String(i).padStart(6, '0')}`;
    maps.data.here.set(key, `value ${i}`);
    maps.data.there.set(key, `value ${i}`);
  }
  return maps;
}

async function toTheEnd(maps: Maps, clock = new TurnedClock(), from?: Comparison): Promise<Comparison> {
  let now = from ?? freshComparison(maps.run);
  while (now.walking !== 'nobody') now = await advance(now, maps, mannerOf(clock));
  return now;
}

describe('a comparison of both sides', () => {
  it('counts what is the same, different, missing here and missing there, with the first keys of each', async () => {
    const maps = filled(1_000);
    for (let i = 0; i < 7; i += 1) maps.data.there.set(`key-00050${i}`, 'another value');
    maps.data.there.delete('key-000700');
    maps.data.here.delete('key-000800');
    maps.data.here.delete('key-000801');
    const { counts, first, looked } = await toTheEnd(maps);
    expect(counts).toEqual({ match: 990, mismatch: 7, missingHere: 2, missingThere: 1, unsettled: 0 });
    expect(first).toEqual({
      mismatch: ['key-000500', 'key-000501', 'key-000502'],
      missingHere: ['key-000800', 'key-000801'],
      missingThere: ['key-000700'],
    });
    expect(looked).toBe(998 + 999);
    expect(differencesOf(counts)).toBe(10);
  });

  it('does not count what replication only had under way', async () => {
    const maps = filled(200);
    maps.data.here.set('key-000003', 'newer');
    maps.data.here.set('new', 'value');
    maps.data.here.delete('key-000004');
    const clock = new TurnedClock();
    const sleep = clock.sleep;
    clock.sleep = async (ms) => {
      // The replica gets what was under way while the comparison waits; and the next write is under way again.
      maps.data.there = new Map(maps.data.here);
      maps.data.here.set('key-000003', 'newest');
      await sleep(ms);
    };
    const { counts } = await toTheEnd(maps, clock);
    expect(counts).toEqual({ match: 200, mismatch: 0, missingHere: 0, missingThere: 0, unsettled: 0 });
    expect(clock.slept).toBeGreaterThanOrEqual(200);
  });

  it('counts a key that changes here while nothing comes there any more, and not one that changes on both sides', async () => {
    const maps = filled(10);
    let written = 0;
    maps.onPrints = () => {
      written += 1;
      maps.data.here.set('stuck', `value ${written}`);
      maps.data.here.set('hot', `here ${written}`);
      maps.data.there.set('hot', `there ${written}`);
    };
    maps.data.here.set('stuck', 'value 0');
    maps.data.there.set('stuck', 'value -1');
    maps.data.here.set('hot', '');
    const { counts, first } = await toTheEnd(maps);
    expect(counts).toMatchObject({ mismatch: 1, unsettled: 1 });
    expect(first.mismatch).toEqual(['stuck']);
  });

  it('takes ends of life for equal when they differ by no more than the tolerance', async () => {
    for (const [until, mismatch] of [
      [1_050, 0],
      [1_200, 1],
      [undefined, 1],
    ] as const) {
      const maps = filled(1);
      const prints = maps.prints.bind(maps);
      maps.prints = async (side, keys) =>
        (await prints(side, keys)).map(
          (one) => one && { ...one, ...(side === 'here' ? { until: 1_000 } : until === undefined ? {} : { until }) },
        );
      expect((await toTheEnd(maps)).counts).toMatchObject({ mismatch, match: 1 - mismatch });
    }
  });

  it('goes on from any of its steps, handed through JSON, to the same end', async () => {
    const maps = filled(700);
    for (let i = 100; i < 180; i += 1) maps.data.there.set(`key-000${i}`, 'another value');
    const wanted = await toTheEnd(maps);
    const clock = new TurnedClock();
    let now = freshComparison(maps.run);
    let steps = 0;
    while (now.walking !== 'nobody') {
      const kept = JSON.stringify(now);
      const resumed: Comparison = JSON.parse(kept);
      expect(await toTheEnd(maps, new TurnedClock(), resumed)).toEqual(wanted);
      now = await advance(now, maps, mannerOf(clock));
      expect(JSON.stringify(resumed)).toBe(kept);
      steps += 1;
    }
    expect(steps).toBeGreaterThan(20);
  });

  it('I15: holds no more for many differences than for few', async () => {
    const maps = filled(5_000);
    maps.data.there = new Map();
    const sizes: number[] = [];
    const clock = new TurnedClock();
    for (let now = freshComparison(maps.run); now.walking !== 'nobody';) {
      now = await advance(now, maps, mannerOf(clock));
      sizes.push(JSON.stringify(now).length);
    }
    expect(Math.max(...sizes)).toBeLessThan(10_000);
  });
});

describe('a slice of a comparison', () => {
  const slice = async (
    maps: Maps,
    clock: TurnedClock,
    from: Comparison | undefined,
    pace: { keysPerSecond: number; forMs: number },
  ) => {
    let now = from;
    for await (const one of comparing(from, maps, mannerOf(clock), pace)) now = one;
    return now;
  };

  it('keeps to its rate and to its time, and the next one goes on where it was', async () => {
    const maps = filled(3_000);
    const clock = new TurnedClock();
    const first = await slice(maps, clock, undefined, { keysPerSecond: 1_000, forMs: 1_000 });
    expect(first?.looked).toBeGreaterThanOrEqual(1_000);
    expect(first?.looked).toBeLessThanOrEqual(1_060);
    expect(clock.at).toBeGreaterThanOrEqual(1_000);
    const end = await slice(maps, clock, first, { keysPerSecond: 1_000, forMs: 60_000 });
    expect(end).toMatchObject({ walking: 'nobody', looked: 6_000 });
    expect(clock.at).toBeGreaterThanOrEqual(5_900);
  });

  it('begins anew when the cursors belong to servers that are gone', async () => {
    const maps = filled(500);
    const first = await slice(maps, new TurnedClock(), undefined, { keysPerSecond: 100, forMs: 1_000 });
    maps.run = 'run-2';
    const end = await slice(maps, new TurnedClock(), first, { keysPerSecond: 1_000_000, forMs: 60_000 });
    expect(end).toMatchObject({ lineage: 'run-2', looked: 1_000, counts: { match: 500 } });
  });
});

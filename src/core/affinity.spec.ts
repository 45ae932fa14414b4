import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rank, WEIGHTS, type CenterCondition, type CenterMap, type CentersNow, type Ranked } from './affinity.js';

const NOW = 100_000;
const MAP: CenterMap = {
  centers: {
    a: { region: 'north', vendor: 'v1' },
    b: { region: 'north', vendor: 'v2' },
    c: { region: 'east', vendor: 'v1' },
    d: { region: 'east', vendor: 'v3' },
    e: { region: 'west', vendor: 'v2' },
  },
  pairs: [
    { between: ['a', 'b'], latencyMs: 3.2 },
    { between: ['c', 'a'], latencyMs: 28.7 },
    { between: ['a', 'e'], latencyMs: 41.3 },
  ],
  services: {},
};
const ALL = Object.keys(MAP.centers);

function ranked(change: Partial<CentersNow> = {}, candidates: readonly string[] = ALL): Ranked {
  return rank({ insteadOf: 'a', candidates }, MAP, { conditions: {}, outOfService: {}, ...change }, NOW);
}
const orderOf = ({ candidates }: Ranked): string[] => candidates.map(({ center }) => center);
const rowOf = ({ candidates }: Ranked, center: string) => candidates.find((one) => one.center === center);

describe('the choice of a centre', () => {
  it('weighs the region 40 %, the vendor 30 %, the health 20 % and the load 10 %', () => {
    expect(WEIGHTS).toEqual({ region: 0.4, vendor: 0.3, health: 0.2, load: 0.1 });
    const conditions = { b: { health: 1, load: 0.5, at: NOW }, c: { health: 0.5, load: 0, at: NOW } };
    const choice = ranked({ conditions });
    expect(choice).toMatchObject({ insteadOf: 'a', chosen: 'b', at: NOW });
    expect(rowOf(choice, 'b')).toEqual({
      center: 'b',
      score: 0.65,
      parts: { region: 0.4, vendor: 0, health: 0.2, load: 0.05 },
      health: 1,
      load: 0.5,
      latencyMs: 3.2,
    });
    expect(rowOf(choice, 'c')).toMatchObject({ score: 0.5, parts: { vendor: 0.3, health: 0.1 } });
  });

  it('prefers a centre of the same vendor that is well to one of the same region that nobody measures', () => {
    expect(ranked()).toMatchObject({ chosen: 'b' });
    expect(ranked({ conditions: { c: { health: 1, load: 0.5, at: NOW } } })).toMatchObject({ chosen: 'c' });
  });

  it('counts what nobody measures as nothing, and leaves it out of the table', () => {
    expect(rowOf(ranked(), 'b')).toEqual({
      center: 'b',
      score: 0.4,
      parts: { region: 0.4, vendor: 0, health: 0, load: 0 },
      latencyMs: 3.2,
    });
  });

  it('goes by the latency of the pair among equals, then by the name', () => {
    expect(orderOf(ranked())).toEqual(['b', 'c', 'e', 'd', 'a']);
    const far = { ...MAP, pairs: [] };
    const choice = rank({ insteadOf: 'a', candidates: ['e', 'd'] }, far, { conditions: {}, outOfService: {} }, NOW);
    expect(orderOf(choice)).toEqual(['d', 'e']);
  });

  it.each<[string, Partial<CentersNow>, string]>([
    ['is the one to be replaced', {}, 'it is the one to be replaced'],
    ['is out of service', { outOfService: { b: ['e1', 'person:ada'] } }, 'out of service (e1, person:ada)'],
    ['is down', { conditions: { b: { health: 0, load: 0, at: NOW } } }, 'it is down: its health is 0'],
    [
      'was not asked for too long, however well it was then',
      { conditions: { b: { health: 1, load: 0, at: NOW - 12_000 } } },
      'not asked for 12 s, so that nobody knows how it is',
    ],
    [
      'is measured by a probe that has never been able to tell',
      { conditions: { b: { at: NOW, untold: true } } },
      'its probe has not been able to tell how it is',
    ],
  ])('never takes a centre that %s', (_, change, ruledOut) => {
    const center = ruledOut.includes('replaced') ? 'a' : 'b';
    const choice = ranked(change);
    expect(choice).not.toMatchObject({ chosen: center });
    expect(rowOf(choice, center)).toMatchObject({ ruledOut });
    expect(rowOf(choice, center)).not.toHaveProperty('score');
  });

  it('believes a condition for ten seconds, or for as long as it says', () => {
    const condition = { health: 1, at: NOW - 10_000 };
    expect(rowOf(ranked({ conditions: { b: condition } }), 'b')).toHaveProperty('score');
    expect(rowOf(ranked({ conditions: { b: { ...condition, goodForMs: 9_999 } } }), 'b')).toHaveProperty('ruledOut');
    const slow = { ...condition, at: NOW - 60_000, goodForMs: 60_000 };
    expect(rowOf(ranked({ conditions: { b: slow } }), 'b')).toHaveProperty('score');
  });

  it('says of each why nobody can take over', () => {
    expect(ranked({ outOfService: { b: ['e1'] }, conditions: { c: { health: 0, at: NOW } } }, ['a', 'b', 'c'])).toEqual(
      {
        none: true,
        candidates: expect.any(Array),
        detail: 'no centre can take over from a: b: out of service (e1); c: it is down: its health is 0',
      },
    );
    expect(ranked({}, ['a'])).toMatchObject({ detail: 'no centre can take over from a: there is no other' });
  });

  const measured = fc.double({ min: 0, max: 1, noNaN: true });
  const condition: fc.Arbitrary<CenterCondition> = fc.record(
    { health: measured, load: measured, at: fc.constantFrom(NOW, NOW - 5_000, NOW - 20_000) },
    { requiredKeys: ['at'] },
  );
  const situation: fc.Arbitrary<CentersNow> = fc.record({
    conditions: fc.dictionary(fc.constantFrom(...ALL), condition),
    outOfService: fc.dictionary(fc.constantFrom(...ALL), fc.constant(['e1'])),
  });

  it('does not depend on the order in which the candidates are given, nor on one that is given twice', () => {
    fc.assert(
      fc.property(situation, fc.shuffledSubarray(ALL, { minLength: 1 }), (centers, some) => {
        expect(ranked(centers, [...some, ...some])).toEqual(ranked(centers, some.toSorted()));
      }),
    );
  });

  it('never ranks a centre lower because it is healthier or less loaded', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom(...ALL), measured, measured, (centers, center, health, load) => {
        const before = centers.conditions[center];
        const better = {
          health: Math.max(health, before?.health ?? 0),
          load: Math.min(load, before?.load ?? 1),
          at: Math.max(NOW, before?.at ?? 0),
        };
        // out of nothing comes a measurement, and one of 0 says that it is down
        fc.pre(better.health > 0);
        const rankOf = (choice: Ranked): number => orderOf(choice).indexOf(center);
        const after = ranked({ ...centers, conditions: { ...centers.conditions, [center]: better } });
        expect(rankOf(after)).toBeLessThanOrEqual(rankOf(ranked(centers)));
      }),
    );
  });

  it('never chooses who is ruled out, and has a reason for each whom it passes over', () => {
    fc.assert(
      fc.property(situation, (centers) => {
        const choice = ranked(centers);
        for (const { score, ruledOut } of choice.candidates) expect(score === undefined).toBe(ruledOut !== undefined);
        if (choice.none === true) return;
        expect(rowOf(choice, choice.chosen)).toHaveProperty('score');
        expect(centers.outOfService).not.toHaveProperty(choice.chosen);
        expect(centers.conditions[choice.chosen]?.health).not.toBe(0);
        expect(choice.chosen).not.toBe('a');
      }),
    );
  });

  it('adds up: each score is the sum of its parts, between 0 and 1', () => {
    fc.assert(
      fc.property(situation, (centers) => {
        for (const { score, parts } of ranked(centers).candidates) {
          if (score === undefined) continue;
          const { region, vendor, health, load } = parts;
          expect(score).toBeCloseTo(region + vendor + health + load, 3);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each(['constructor', 'toString', '__proto__'])('S6: takes nothing over from a centre named %s', (center) => {
    const choice = rank({ insteadOf: center, candidates: ['b'] }, MAP, { conditions: {}, outOfService: {} }, NOW);
    expect(rowOf(choice, 'b')).toMatchObject({ score: 0 });
  });
});

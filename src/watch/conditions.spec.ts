import { describe, expect, it } from 'vitest';
import type { StandingAnswer } from './answer.js';
import { conditionsOf } from './conditions.js';

const NOW = 1_000_000;

const said = (
  values: Record<string, number>,
  { age = 0, everyMs = 500, center = 'a' }: { age?: number; everyMs?: number; center?: string } = {},
): StandingAnswer => {
  const last = { at: NOW - age, status: 'healthy', detail: '', values } as const;
  return { probe: 'p', asks: 'plugin/p', center, everyMs, last, told: last };
};

describe('the condition of a centre', () => {
  it('has what standing probes say of it, with the time of the answer', () => {
    expect(conditionsOf([said({ health: 1 }, { age: 300 }), said({ load: 0.4, lag: 3 })], NOW)).toEqual({
      a: { health: 1, load: 0.4, at: NOW - 300, goodForMs: 10_000 },
    });
  });

  it('is that of nobody where nothing is said of health and load', () => {
    const { told: _never, ...silent } = said({ health: 1 });
    const { center: _none, ...aboutNobody } = said({ health: 1 });
    expect(conditionsOf([said({ lag: 3 }), aboutNobody], NOW)).toEqual({});
    expect(conditionsOf([said({ health: 1 }), silent], NOW)).toEqual({ a: { health: 1, at: NOW, goodForMs: 10_000 } });
  });

  it('is unknown, which is not the same as not measured, while a probe has never told', () => {
    const { told: _never, ...silent } = said({ health: 1 });
    expect(conditionsOf([said({ lag: 3 }), silent], NOW)).toEqual({ a: { at: NOW, untold: true } });
  });

  it('is the worst of what several say', () => {
    const answers = [said({ health: 1, load: 0.2 }), said({ health: 0.5, load: 0.7 }, { age: 5 })];
    expect(conditionsOf(answers, NOW)['a']).toMatchObject({ health: 0.5, load: 0.7, at: NOW - 5 });
  });

  it('is as old as the oldest word on its health', () => {
    const answers = [said({ health: 1 }), said({ health: 1 }, { age: 60_000 })];
    expect(conditionsOf(answers, NOW)['a']?.at).toBe(NOW - 60_000);
  });

  it('keeps a fresh health when nobody can tell the load any more', () => {
    const answers = [said({ health: 1 }), said({ load: 0.9 }, { age: 60_000 })];
    expect(conditionsOf(answers, NOW)['a']).toEqual({ health: 1, at: NOW, goodForMs: 10_000 });
    expect(conditionsOf([said({ load: 0.9 }, { age: 60_000 })], NOW)).toEqual({});
  });

  it('may be relied on longer when it is asked for seldom', () => {
    expect(conditionsOf([said({ health: 1 }, { everyMs: 30_000 })], NOW)['a']?.goodForMs).toBe(90_000);
  });

  it('is kept apart from that of others', () => {
    const answers = [said({ health: 1 }), said({ health: 0 }, { center: 'b' })];
    expect(conditionsOf(answers, NOW)).toMatchObject({ a: { health: 1 }, b: { health: 0 } });
  });
});

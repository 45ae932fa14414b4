import type { CenterCondition, CenterConditions } from '../core/affinity.js';
import type { Instant } from '../core/alert.js';
import type { StandingAnswer } from './answer.js';

/** An answer is relied on until this many more were due, and for ten seconds at least. */
const MISSED = 3;
const LEAST_MS = 10_000;

interface Report {
  readonly value: number;
  readonly at: Instant;
  readonly goodForMs: number;
}

/**
 * Makes the condition of each centre of what standing probes say of it. Where several speak of one centre the worst counts;
 * a health that nobody has confirmed lately keeps its old time, and a load of that kind is left out. A centre whose probe
 * has never told is known to be unknown, which is not the same as not measured.
 *
 * @param now by the clock of the answers
 */
export function conditionsOf(answers: readonly StandingAnswer[], now: Instant): CenterConditions {
  const centers = [...new Set(answers.flatMap(({ center }) => (center === undefined ? [] : [center])))];
  const found = centers.map((id) => {
    const own = answers.filter(({ center }) => center === id);
    const healths = reportsOf('health', own);
    // As long as a probe has never told, nobody knows whether it would have spoken of the health.
    if (healths.length === 0 && own.some(({ told }) => told === undefined))
      return [id, { at: now, untold: true } as const] as const;
    return [id, conditionOf(healths, reportsOf('load', own), now)] as const;
  });
  return Object.fromEntries(found.flatMap(([id, one]) => (one === undefined ? [] : [[id, one]])));
}

function reportsOf(name: 'health' | 'load', answers: readonly StandingAnswer[]): Report[] {
  return answers.flatMap(({ told, everyMs }) => {
    const value = told?.values?.[name];
    if (told === undefined || value === undefined) return [];
    return [{ value, at: told.at, goodForMs: Math.max(LEAST_MS, MISSED * everyMs) }];
  });
}

function conditionOf(healths: readonly Report[], loads: readonly Report[], now: Instant): CenterCondition | undefined {
  const fresh = loads.filter(({ at, goodForMs }) => now - at <= goodForMs);
  const load = fresh.length === 0 ? {} : { load: Math.max(...fresh.map(({ value }) => value)) };
  // The one that runs out first: when it is silent, nobody knows how the centre is.
  const [oldest] = (healths.length > 0 ? healths : fresh).toSorted((a, b) => a.at + a.goodForMs - b.at - b.goodForMs);
  if (oldest === undefined) return undefined;
  const health = healths.length === 0 ? {} : { health: Math.min(...healths.map(({ value }) => value)) };
  return { ...health, ...load, at: oldest.at, goodForMs: oldest.goodForMs };
}

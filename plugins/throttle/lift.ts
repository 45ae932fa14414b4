import type { Measurement } from '../../src/plugin-sdk/index.js';

/** What a limit is set to: a whole number, or null where there is none. */
export type Level = number | null;

/** The way from a throttled limit back to what was there before. */
export interface WayBack {
  readonly before: Level;
  readonly throttled: Level;
  /** How much of the way is gone by each stage, in percent: rising, the last one 100. */
  readonly stages: readonly number[];
  /** What counts as all of the way where there was no limit before. */
  readonly full?: number | undefined;
}

/** What to do next on the way back. */
export type LiftMove =
  | { readonly do: 'done' }
  | { readonly do: 'set'; readonly to: Level }
  /** It is at a stage and remains there. */
  | { readonly do: 'stay'; readonly because: string }
  /** It is at no stage of this way: somebody else has set it. */
  | { readonly do: 'foreign' };

/**
 * Gives every level of a way, from the throttled one to the one before: each nearer to it than the last, and none beyond.
 * Stages that rounding makes the same are one; a way without known length has none in between.
 */
export function levelsOf({ before, throttled, stages, full }: WayBack): readonly Level[] {
  if (throttled === before) return [before];
  const top = before ?? full;
  if (throttled === null || top === undefined) return [throttled, before];
  const between = stages.slice(0, -1).map((percent) => {
    // Towards the throttled one: a stage never gives more than it says.
    const gone = Math.trunc(((top - throttled) * percent) / 100);
    return throttled + gone;
  });
  return [...new Set([throttled, ...between, before])];
}

/**
 * Says what comes next on the way back, by what the target shows: nothing else is remembered.
 *
 * @param now what the limit is set to
 * @param measured how the target bears it; undefined when it must be gone at once
 */
export function nextLift(way: WayBack, now: Level, measured: Measurement | undefined): LiftMove {
  if (now === way.before) return { do: 'done' };
  const levels = levelsOf(way);
  const at = levels.indexOf(now);
  const next = levels[at + 1];
  if (at < 0 || next === undefined) return { do: 'foreign' };
  if (measured === undefined) return { do: 'set', to: way.before };
  switch (measured.status) {
    case 'healthy':
      return { do: 'set', to: next };
    case 'unhealthy':
    case 'unknown':
      return { do: 'stay', because: `${measured.status}: ${measured.detail}` };
  }
}

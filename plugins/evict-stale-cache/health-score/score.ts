/**
 * The health score of a cache, after the source that the project was made from: over a sliding window of six times 10 s,
 *
 *     score = 0.4 x hit rate + 0.3 x normalised inverse latency + 0.3 x fallback success
 *
 * and from 0.8 on the cache is used, from 0.5 on it is only read while it is refreshed in the background, below that it is
 * bypassed. The source does not say what normalises the inverse latency: here it is `target / max(target, p99)`, which is 1
 * up to the target, a half at twice the target, and goes to 0 as the latency grows.
 */
export const WEIGHTS = { hitRate: 0.4, latency: 0.3, fallback: 0.3 } as const;

/** How many windows are looked at. */
export const WINDOWS = 6;

/** How long each is, in seconds. */
export const WINDOW_SECONDS = 10;

/** What was measured in one window. */
export interface Window {
  /** Share of the reads that found something, 0 to 1. */
  readonly hitRate: number;
  /** 99th percentile of the reads' time, in seconds; infinite when it is beyond what was measured. */
  readonly p99: number;
  /** Share of the fallbacks that gave an answer, 0 to 1. */
  readonly fallback: number;
}

/** The three parts of the score, each 0 to 1. */
export interface Parts {
  readonly hitRate: number;
  readonly latency: number;
  readonly fallback: number;
}

/** What to do with the cache. */
export type Advice = 'use' | 'read-only' | 'bypass';

/** The score over all windows that have data. */
export interface Health {
  readonly score: number;
  readonly parts: Parts;
  readonly advice: Advice;
  /** The highest p99 of all windows, in seconds. */
  readonly worstP99: number;
}

/**
 * Normalises a latency to 0 to 1.
 *
 * @param p99 in seconds; may be infinite
 * @param target up to which it is as good as can be, in seconds, above 0
 */
export function inverseLatency(p99: number, target: number): number {
  return target / Math.max(target, p99);
}

/** Weighs the three parts. */
export function scoreOf({ hitRate, latency, fallback }: Parts): number {
  return rounded(WEIGHTS.hitRate * hitRate + WEIGHTS.latency * latency + WEIGHTS.fallback * fallback);
}

/** Says what a score means; what lies between 0.79 and 0.8 is not 0.8 yet. */
export function adviceFor(score: number): Advice {
  if (score >= 0.8) return 'use';
  return score >= 0.5 ? 'read-only' : 'bypass';
}

/**
 * Scores a cache by the mean of each part over the windows that have data, which is the mean of the windows' scores.
 *
 * @param windows those that have data
 * @param target up to which a p99 is as good as can be, in seconds
 * @returns undefined when there is no window
 */
export function healthOf(windows: readonly Window[], target: number): Health | undefined {
  if (windows.length === 0) return undefined;
  const mean = (part: (window: Window) => number) =>
    rounded(windows.reduce((sum, window) => sum + part(window), 0) / windows.length);
  const parts = {
    hitRate: mean(({ hitRate }) => hitRate),
    latency: mean(({ p99 }) => inverseLatency(p99, target)),
    fallback: mean(({ fallback }) => fallback),
  };
  const score = scoreOf(parts);
  return { score, parts, advice: adviceFor(score), worstP99: Math.max(...windows.map(({ p99 }) => p99)) };
}

/** Sums of tenths are not exact: 0.4 x 0.8 + 0.3 x 0.8 + 0.3 x 0.8 must be 0.8. */
function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

import type { Range, Series } from '../../clients/range-query.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { WINDOW_SECONDS, WINDOWS, type Window } from './score.js';

/** The three figures of a cache as Prometheus gave them. */
export type Figures = Readonly<Record<keyof Window, readonly Series[]>>;

/** The six windows from the oldest to the newest; what has no data in one is left out of it. */
export type Windows = readonly Partial<Window>[];

/** What each figure is called where people read it. */
export const NAMES = { hitRate: 'hit rate', p99: 'p99', fallback: 'fallback success' } as const;

/** Counters that are scraped a moment apart give shares that are a little off. */
const SLACK = 0.01;

/**
 * Says when Prometheus is to look, so that its looks are the ends of the six windows.
 *
 * @param end of the newest window, in seconds since the epoch
 */
export function rangeUntil(end: number): Range {
  return { start: end - (WINDOWS - 1) * WINDOW_SECONDS, end, step: WINDOW_SECONDS };
}

/**
 * Sorts figures into the windows.
 *
 * @param cache is named in errors
 * @throws PluginError `ambiguous` for several series, `not-a-share` and `not-a-latency` for numbers that can't be what they
 *   are said to be
 */
export function windowsOf(cache: string, figures: Figures, range: Range): Windows {
  const hitRate = sorted(cache, 'hitRate', figures, range, share);
  const p99 = sorted(cache, 'p99', figures, range, latency);
  const fallback = sorted(cache, 'fallback', figures, range, share);
  return Array.from({ length: WINDOWS }, (_, i) => ({
    ...(hitRate[i] === undefined ? {} : { hitRate: hitRate[i] }),
    ...(p99[i] === undefined ? {} : { p99: p99[i] }),
    ...(fallback[i] === undefined ? {} : { fallback: fallback[i] }),
  }));
}

/** Whether a window has all three figures. */
export function isComplete(window: Partial<Window>): window is Window {
  return window.hitRate !== undefined && window.p99 !== undefined && window.fallback !== undefined;
}

function sorted(
  cache: string,
  figure: keyof Window,
  figures: Figures,
  range: Range,
  checked: (value: number, name: string) => number,
): (number | undefined)[] {
  const [series, ...others] = figures[figure];
  const name = `the ${NAMES[figure]} of ${cache}`;
  if (others.length > 0) {
    const advice = 'write its query so that it gives one, for example with sum or max';
    throw new PluginError('ambiguous', `${name} has ${others.length + 1} series: ${advice}`, false);
  }
  const found: (number | undefined)[] = Array.from({ length: WINDOWS });
  for (const { at, value } of series?.points ?? []) {
    const index = Math.round((at - range.start) / range.step);
    // NaN is what a share or a percentile of nothing is: nobody read in that window.
    if (index in found && !Number.isNaN(value)) found[index] = checked(value, name);
  }
  return found;
}

function share(value: number, name: string): number {
  if (value >= -SLACK && value <= 1 + SLACK) return Math.min(1, Math.max(0, value));
  throw new PluginError('not-a-share', `${name} is ${value}: its query must give 0 to 1, and no percent`, false);
}

function latency(value: number, name: string): number {
  if (value >= 0) return value;
  throw new PluginError('not-a-latency', `${name} is ${value}: its query must give seconds`, false);
}

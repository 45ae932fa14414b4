import { sayDuration, type Measurement } from '../../../src/plugin-sdk/index.js';
import { healthOf, WINDOW_SECONDS, WINDOWS, type Advice, type Health, type Window } from './score.js';
import { isComplete, NAMES, type Windows } from './windows.js';

/** What decides besides the figures. */
export interface Terms {
  readonly cache: string;
  /** Up to which a p99 is as good as can be, in seconds. */
  readonly target: number;
  /** How many windows must have data. */
  readonly atLeast: number;
  /** What the middle band counts as. */
  readonly readOnly: 'healthy' | 'unhealthy';
}

const SAYING: Readonly<Record<Advice, string>> = {
  use: 'use it',
  'read-only': 'only read it, and refresh it in the background',
  bypass: 'bypass it',
};

/**
 * Makes one measurement of six windows. A window without data counts neither for nor against the cache, but too few of
 * them, or none in the last 20 s, are unknown.
 */
export function judge(windows: Windows, terms: Terms): Measurement {
  const complete = windows.filter(isComplete);
  const health = healthOf(complete, terms.target);
  const why = whyUnknown(windows, complete.length, terms);
  if (health === undefined || why !== undefined)
    return { status: 'unknown', detail: `how healthy cache ${terms.cache} is can't be told: ${why}` };
  const gaps =
    complete.length === WINDOWS ? '' : `; ${seconds(WINDOWS - complete.length)} of the last minute have no data`;
  return {
    status: statusOf(health.advice, terms),
    value: health.score,
    values: { score: health.score, ...health.parts },
    detail: `cache ${terms.cache} scores ${hundredths(health.score)}: ${SAYING[health.advice]} (${sayParts(health, terms)}${gaps})`,
  };
}

function statusOf(advice: Advice, { readOnly }: Terms): Measurement['status'] {
  switch (advice) {
    case 'use':
      return 'healthy';
    case 'read-only':
      return readOnly;
    case 'bypass':
      return 'unhealthy';
  }
}

function whyUnknown(windows: Windows, complete: number, { atLeast }: Terms): string | undefined {
  if (complete < atLeast) {
    const counts = ['hitRate', 'p99', 'fallback'] as const;
    const said = counts.map((one) => `${NAMES[one]} ${seconds(counted(windows, one))}`).join(', ');
    return `${seconds(complete)} of the last minute have all figures (${said}), and ${seconds(atLeast)} must have them`;
  }
  // However good the others are: they tell how it was.
  if (windows.slice(-2).some(isComplete)) return undefined;
  return `the last ${seconds(2)} have no data`;
}

function seconds(count: number): string {
  return `${count * WINDOW_SECONDS} s`;
}

function counted(windows: Windows, figure: keyof Window): number {
  return windows.filter((window) => window[figure] !== undefined).length;
}

function sayParts({ parts, worstP99 }: Health, { target }: Terms): string {
  const worst = Number.isFinite(worstP99) ? sayDuration(worstP99 * 1_000) : 'beyond measure';
  const percent = (share: number) => `${Math.floor(share * 100 + 1e-9)} %`;
  const p99 = `p99 at worst ${worst} against a target of ${sayDuration(target * 1_000)}`;
  return `${percent(parts.hitRate)} hits, ${p99}, ${percent(parts.fallback)} of fallbacks succeed`;
}

/** Rounded down, as the bands are: 0.799 is not 0.80. */
function hundredths(score: number): string {
  return (Math.floor(score * 100 + 1e-9) / 100).toFixed(2);
}

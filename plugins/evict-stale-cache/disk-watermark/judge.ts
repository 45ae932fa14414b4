import type { Measurement } from '../../../src/plugin-sdk/index.js';
import { levelAt, reaches, watermarkAt, WATERMARKS, type Watermark } from './levels.js';

/**
 * Makes one measurement of a disk: unhealthy from a level on, and always with the level and what has to be done at it.
 *
 * @param used share that is in use, 0 to 1; undefined when nobody knows
 */
export function judge(disk: string, used: number | undefined, from: Watermark): Measurement {
  if (used === undefined) return { status: 'unknown', detail: `how full disk ${disk} is can't be told: no data` };
  const mark = watermarkAt(used);
  const lowest = Math.min(...WATERMARKS.map((one) => one.from));
  const said = mark === undefined ? `nothing to do below ${percent(lowest)}` : `${mark.outcome} (${sayLevel(mark)})`;
  return {
    status: reaches(levelAt(used), from) ? 'unhealthy' : 'healthy',
    value: used,
    values: { used },
    detail: `disk ${disk} is ${percent(used, 1)} full: ${said}`,
  };
}

function sayLevel({ level, from }: (typeof WATERMARKS)[number]): string {
  return `level ${level}, from ${percent(from)}`;
}

/** Rounded down, as the levels are: 91.99 % is not 92 %. */
function percent(share: number, digits = 0): string {
  const scale = 10 ** digits;
  return `${(Math.floor(share * 100 * scale + 1e-6) / scale).toFixed(digits)} %`;
}

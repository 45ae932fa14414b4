import { advance, freshComparison, type Comparison, type Manner } from './comparison.js';
import type { Sides } from './sides.js';

/** How fast, and how much in one go. */
export interface Pace {
  /** Keys a second, at most. */
  readonly keysPerSecond: number;
  /** How long to go on for, in milliseconds. */
  readonly forMs: number;
}

/**
 * Goes on with a pass step by step, no faster than it may; gives how it stands after each step. Whoever stops listening
 * has lost nothing but the step under way.
 *
 * @param from where a pass stood; undefined begins one. One whose cursors belong to other servers begins anew
 */
export async function* comparing(
  from: Comparison | undefined,
  sides: Sides,
  manner: Manner,
  { keysPerSecond, forMs }: Pace,
): AsyncGenerator<Comparison, void, undefined> {
  const lineage = await sides.lineage();
  let now = from?.lineage === lineage ? from : freshComparison(lineage);
  const { clock } = manner;
  const begun = clock.now();
  const lookedBefore = now.looked;
  while (now.walking !== 'nobody' && clock.now() - begun < forMs) {
    now = await advance(now, sides, manner);
    yield now;
    const ahead = ((now.looked - lookedBefore) * 1_000) / keysPerSecond - (clock.now() - begun);
    if (ahead > 0) await clock.sleep(Math.min(ahead, 1_000));
  }
}

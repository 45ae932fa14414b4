import { sayDuration } from '../../../src/plugin-sdk/index.js';
import type { Ask } from './figures.js';
import { finding, numberOf, untold, type Finding } from './finding.js';
import type { Params } from './params.js';

/** Are the data at the centre young enough? The query gives seconds. */
export async function checkLag({ lag: wanted, center, label }: Params, ask: Ask): Promise<Finding | undefined> {
  if (wanted === undefined) return undefined;
  const lag = numberOf(await ask(wanted.query), label, center);
  if (!lag.told) return untold(`the lag of ${center}`, lag.why);
  // Two clocks that differ a little make a lag of nothing look negative.
  const seconds = Math.max(0, lag.value);
  const said = Number.isFinite(seconds) ? sayDuration(seconds * 1000) : 'infinitely long';
  const detail = `lag ${said}, wanted at most ${sayDuration(wanted.most)}`;
  return finding(seconds * 1000 <= wanted.most, detail, { lag: seconds });
}

import { sayDuration } from '../../../src/plugin-sdk/index.js';
import type { Ask } from './figures.js';
import { finding, numberOf, untold, type Finding } from './finding.js';
import type { Params } from './params.js';

/** A timestamp may lie so far in the future, because clocks differ. */
const CLOCKS_MS = 60_000;

/** Was it shown lately that the centre can take over? The query gives a timestamp in seconds. */
export async function checkDrill({ drill: wanted, center, label }: Params, ask: Ask): Promise<Finding | undefined> {
  if (wanted === undefined) return undefined;
  const proven = numberOf(await ask(wanted.query), label, center);
  if (!proven.told) return untold(`the last drill of ${center}`, proven.why);
  const most = sayDuration(wanted.most);
  if (proven.value <= 0) return finding(false, `${center} has never been drilled, wanted within the last ${most}`, {});
  const ageMs = proven.at - proven.value * 1000;
  if (ageMs < -CLOCKS_MS) return untold(`the last drill of ${center}`, 'the query gives a time that is yet to come');
  const detail = `last drill ${sayDuration(Math.max(0, ageMs))} ago, wanted within the last ${most}`;
  return finding(ageMs <= wanted.most, detail, { drill_age_seconds: Math.max(0, ageMs) / 1000 });
}

import { OTHER, type Side, type Sides } from './sides.js';
import { verdictOf, type Difference, type Look } from './verdict.js';

/** How many keys are asked for at once. */
export const BATCH = 50;

/** A pass over both sides as it stands: plain JSON, so that it can be kept and gone on with after a crash. */
export interface Comparison {
  /** Whose keys are walked: all of here with their values, then all of there, for what is missing here. */
  readonly walking: Side | 'nobody';
  readonly after: string | null;
  readonly lineage: string;
  /** Keys looked at so far; each key counts twice, once on each side. */
  readonly looked: number;
  readonly counts: Counts;
  /** The first keys of each difference. */
  readonly first: { readonly [kind in Difference]: readonly string[] };
  /** Keys that differed once, and are asked about once more before they count. */
  readonly doubtful: readonly Doubt[];
}

/** How many keys were how; unsettled ones changed on both sides whenever they were looked at. */
export interface Counts extends Readonly<Record<Difference, number>> {
  readonly match: number;
  readonly unsettled: number;
}

interface Doubt {
  readonly key: string;
  readonly look: Look;
  readonly at: number;
}

/** How a comparison is done. */
export interface Manner {
  /** How many keys of each difference are kept, at most. */
  readonly keep: number;
  /** By how many milliseconds the ends of life of a key may differ. */
  readonly toleranceMs: number;
  /** How long a difference may be replication under way, in milliseconds. */
  readonly settleMs: number;
  /** The time, and waiting, from outside. */
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
}

/** A pass that has not begun. */
export function freshComparison(lineage: string): Comparison {
  return {
    walking: 'here',
    after: null,
    lineage,
    looked: 0,
    counts: { match: 0, mismatch: 0, missingHere: 0, missingThere: 0, unsettled: 0 },
    first: { mismatch: [], missingHere: [], missingThere: [] },
    doubtful: [],
  };
}

/**
 * Does one step of a pass and gives how it stands then; what was given stays as it was. Memory is bounded by a page of
 * keys and fifty doubtful ones, however many keys there are.
 */
export async function advance(comparison: Comparison, sides: Sides, manner: Manner): Promise<Comparison> {
  const { walking, doubtful } = comparison;
  if (doubtful.length >= BATCH) return settle(comparison, sides, manner);
  if (walking === 'nobody') return comparison;
  const { keys, next } = await sides.page(walking, comparison.after);
  let now: Comparison = { ...comparison, looked: comparison.looked + keys.length };
  for (let i = 0; i < keys.length; i += BATCH) {
    const some = keys.slice(i, i + BATCH);
    now =
      walking === 'here' ? await compareValues(now, some, sides, manner) : await findMissing(now, some, sides, manner);
    while (now.doubtful.length >= BATCH) now = await settle(now, sides, manner);
  }
  if (next !== null) return { ...now, after: next };
  while (now.doubtful.length > 0) now = await settle(now, sides, manner);
  return { ...now, after: null, walking: walking === 'here' ? OTHER[walking] : 'nobody' };
}

async function compareValues(
  comparison: Comparison,
  keys: readonly string[],
  sides: Sides,
  manner: Manner,
): Promise<Comparison> {
  const [here, there] = await Promise.all([sides.prints('here', keys), sides.prints('there', keys)]);
  const at = manner.clock.now();
  const doubtful = [...comparison.doubtful];
  let match = 0;
  keys.forEach((key, i) => {
    const look: Look = { here: here[i] ?? null, there: there[i] ?? null };
    const verdict = verdictOf(look, look, manner.toleranceMs);
    if (verdict === 'match') match += 1;
    else if (verdict !== 'gone') doubtful.push({ key, look, at });
  });
  const counts = { ...comparison.counts, match: comparison.counts.match + match };
  return { ...comparison, counts, doubtful };
}

async function findMissing(
  comparison: Comparison,
  keys: readonly string[],
  sides: Sides,
  manner: Manner,
): Promise<Comparison> {
  const there = await sides.has('here', keys);
  const missing = keys.filter((_, i) => there[i] !== true);
  if (missing.length === 0) return comparison;
  const prints = await sides.prints('there', missing);
  const at = manner.clock.now();
  const doubts = missing.map((key, i): Doubt => ({ key, look: { here: null, there: prints[i] ?? null }, at }));
  return { ...comparison, doubtful: [...comparison.doubtful, ...doubts] };
}

/** Asks about doubtful keys once more, and counts them. */
async function settle(comparison: Comparison, sides: Sides, manner: Manner): Promise<Comparison> {
  const doubts = comparison.doubtful.slice(0, BATCH);
  const due = Math.max(...doubts.map((one) => one.at)) + manner.settleMs;
  const wait = due - manner.clock.now();
  if (wait > 0) await manner.clock.sleep(Math.min(wait, manner.settleMs));
  const keys = doubts.map((one) => one.key);
  const [here, there] = await Promise.all([sides.prints('here', keys), sides.prints('there', keys)]);
  return doubts.reduce<Comparison>(
    (now, { key, look }, i) => {
      const again: Look = { here: here[i] ?? null, there: there[i] ?? null };
      return counted(now, verdictOf(look, again, manner.toleranceMs), sides.name(key), manner.keep);
    },
    { ...comparison, doubtful: comparison.doubtful.slice(doubts.length) },
  );
}

/** Each walk counts its own: what is missing here is found by walking there, everything else by walking here. */
function counted(now: Comparison, verdict: ReturnType<typeof verdictOf>, name: string, keep: number): Comparison {
  const own = verdict === 'missingHere' ? 'there' : 'here';
  if (verdict === 'gone' || now.walking !== own) return now;
  const counts = { ...now.counts, [verdict]: now.counts[verdict] + 1 };
  if (verdict === 'match' || verdict === 'unsettled') return { ...now, counts };
  const first = { ...now.first, [verdict]: [...now.first[verdict], name].slice(0, keep) };
  return { ...now, counts, first };
}

/** The differences of a pass, counted. */
export function differencesOf({ mismatch, missingHere, missingThere }: Counts): number {
  return mismatch + missingHere + missingThere;
}

/** From where to where something reaches. */
export type Span = readonly [number, number];

/** Two that are nearer to each other than this would look like one. */
const APART = 4;

/** Gives each span a lane so that no two in one lane touch; short ones have the inner lanes. */
export function laneOf(spans: readonly Span[]): number[] {
  const taken: [number, number][][] = [];
  const lanes = spans.map(() => 0);
  const ordered = spans
    .map(([one, other], i) => ({ i, low: Math.min(one, other), high: Math.max(one, other) }))
    .toSorted((a, b) => a.high - a.low - (b.high - b.low) || a.low - b.low || a.i - b.i);
  for (const { i, low, high } of ordered) {
    const free = taken.findIndex((lane) => lane.every(([from, to]) => to + APART < low || high + APART < from));
    const lane = free === -1 ? taken.length : free;
    (taken[lane] ??= []).push([low, high]);
    lanes[i] = lane;
  }
  return lanes;
}

/**
 * Moves places as little as needed so that none covers another.
 *
 * @param wanted where each would best begin
 * @param each how much room each needs
 * @param from none may begin before
 */
export function spread(wanted: readonly number[], each: number, from: number): number[] {
  const order = wanted.map((at, i) => ({ at, i })).toSorted((a, b) => a.at - b.at || a.i - b.i);
  const places = [...wanted];
  let free = from;
  for (const { at, i } of order) {
    const place = Math.max(at, free);
    places[i] = place;
    free = place + each;
  }
  return places;
}

import type { Instant } from './alert.js';
import type { ServingRule } from './governor.js';

/** The last time that a centre was taken out of service or brought in. */
export interface CenterMove {
  readonly way: 'out' | 'in';
  readonly at: Instant;
  /** The execution, or `person:<name>`. */
  readonly by: string;
}

/** How much is left in service of what an assertion counts, and how much it needs. */
export function leftOf(
  { among, minServing, minCapacity }: ServingRule,
  out: ReadonlySet<string>,
): { readonly left: number; readonly needed: number } {
  const left = Object.entries(among)
    .filter(([center]) => !out.has(center))
    .reduce((sum, [, capacity]) => sum + (minServing === undefined ? capacity : 1), 0);
  return { left, needed: minServing ?? minCapacity ?? 0 };
}

/** For how long a centre must still stay as it is, in milliseconds; 0 when it may be moved that way. */
export function restOf(
  { antiFlapMs = 0, among }: ServingRule,
  center: string,
  way: CenterMove['way'],
  last: CenterMove | undefined,
  now: Instant,
): number {
  if (last === undefined || last.way === way || !Object.hasOwn(among, center)) return 0;
  return Math.max(0, last.at + antiFlapMs - now);
}

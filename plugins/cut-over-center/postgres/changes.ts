import type { Change } from '../../../src/plugin-sdk/index.js';
import { sayLoss, type Isolation } from './isolation.js';
import type { Pair } from './pair.js';

/** How the plans of this plugin name a cluster and its nodes. */
export const resourceOf = (cluster: string, node?: string) =>
  node === undefined ? `postgres/${cluster}` : `postgres/${cluster}/${node}`;

/** Attribute of a node: whether applications can write there. */
export const WRITES = 'writes';
/** Attribute of a cluster: how far back acknowledged writes may be missing. */
export const LOSS = 'acknowledged writes that may be lost';
/** Attribute of a node. */
export const NAMES = 'synchronous_standby_names';

/** Says what may be lost, as a change that somebody agrees to; nothing when nothing can be. */
export function lossOf(cluster: string, isolation: Isolation | null): Change[] {
  if (isolation === null || isolation.lossless) return [];
  return [{ resource: resourceOf(cluster), attribute: LOSS, from: '0 B', to: sayLoss(isolation) }];
}

/** Gives how far back acknowledged writes may be missing, in milliseconds. */
export function dataLossOf(isolation: Isolation | null): number | 'unknown' {
  if (isolation === null || isolation.lossless) return 0;
  return isolation.seconds === null ? 'unknown' : isolation.seconds * 1_000;
}

/** Says why a person must agree; undefined when nobody must. */
export function asksFor(
  { to }: Pair,
  from: string,
  isolation: Isolation | null,
  because = 'nothing is known of it',
): string | undefined {
  if (isolation === null || isolation.lossless) return undefined;
  const connected = to.heardAgo === undefined ? '' : ` (${to.name} is still connected to it: it may well be alive)`;
  const wider = `if ${from} is only cut off${connected}, it goes on acknowledging writes that will be lost as well`;
  return `${from} can't be reached, and ${because}: acknowledged writes may be lost, ${sayLoss(isolation)}; ${wider}`;
}

import type { Change } from '../../../src/plugin-sdk/index.js';
import type { RedisCluster } from './clusters.js';
import type { Seen } from './following.js';
import type { RedisNode } from './node.js';

/** What is known of the writes that go when a replica stands in for a primary that does not answer. */
export interface LossBound {
  readonly changes: Change[];
  readonly facts: { readonly [name: string]: string };
  /** Why a person must agree; absent when nothing that was acknowledged can be lost. */
  readonly asks?: string;
}

/**
 * Bounds what may be lost. Redis acknowledges first and replicates afterwards, so that there is always something, unless
 * every writer waits for a replica.
 *
 * @param replicasKnown false when some other replica does not answer: it may be the one that a writer waited for
 */
export function boundOf(cluster: RedisCluster, from: RedisNode, to: Seen, replicasKnown: boolean): LossBound {
  const facts = { [`${to.node.name} is at byte`]: String(to.state.following?.offset ?? 0) };
  if (cluster.config.acknowledgedBy === 'replica' && replicasKnown) return { changes: [], facts };
  const changes: Change[] = [
    {
      resource: `redis/${cluster.name}`,
      attribute: 'acknowledged writes that may be lost',
      from: 'none',
      to: lossOf(cluster, from, to),
    },
  ];
  const { isolatesItselfWithin } = cluster.config;
  if (isolatesItselfWithin === undefined) {
    const unknown = 'may go on taking them, and they will be discarded';
    changes.push({
      resource: from.name,
      attribute: 'writes by those who still reach it',
      from: 'unknown',
      to: unknown,
    });
  }
  const asks = `Redis acknowledges a write before a replica has it: what ${from.name} acknowledged last may be lost`;
  return { changes, facts, asks };
}

function lossOf(cluster: RedisCluster, from: RedisNode, { node, state }: Seen): string {
  const seen = cluster.lastSeen(nameIn(cluster, from));
  const offset = state.following?.offset ?? 0;
  if (seen !== undefined && seen.history === state.history) {
    const missing = seen.offset - offset;
    if (missing > 0) return `at least ${missing} bytes, and whatever came after ${minute(seen.at)}`;
    return `an unknown amount, acknowledged after ${minute(seen.at)}: up to then ${node.name} has everything`;
  }
  const lost = linkLostAt(state);
  const since = lost === undefined ? 'nobody knows since when' : `the link was lost after ${minute(lost)}`;
  return `an unknown amount, written before ${from.name} went away and not sent by then; ${since}`;
}

/** By the replica's own clock; undefined when it was started after that, and so does not know. */
function linkLostAt({ following, now }: Seen['state']): number | undefined {
  const seconds = following?.downForSeconds ?? following?.silentForSeconds;
  return seconds === undefined ? undefined : now - (seconds + 1) * 1_000;
}

/** By the minute, and never later than it was: a plan that differs with each second could not be agreed to. */
function minute(at: number): string {
  return `${new Date(Math.floor(at / 60_000) * 60_000).toISOString().slice(0, 16)}Z`;
}

const nameIn = (cluster: RedisCluster, node: RedisNode): string =>
  cluster.names.find((name) => cluster.node(name) === node) ?? '';

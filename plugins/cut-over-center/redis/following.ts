import { PluginError, type Change, asPlanned } from '../../../src/plugin-sdk/index.js';
import type { Following, NodeState } from './node-state.js';
import type { RedisNode } from './node.js';

/** A node and what it told of itself. */
export interface Seen {
  readonly node: RedisNode;
  readonly state: NodeState;
}

/** The attribute of a node that says what it is. */
export const ROLE = 'role';

/** Says as plans do what a node is. */
export function roleOf(state: NodeState, others: readonly RedisNode[]): string {
  const { following } = state;
  if (following === undefined) return 'primary';
  const known = others.find((one) => follows(following, one));
  return `replica of ${known?.name ?? `${following.host}:${following.port}`}`;
}

/** What a node will be once the earlier steps of the same execution are done. */
export function plannedRole(earlier: readonly Change[], { node, state }: Seen, others: readonly RedisNode[]): string {
  const now = roleOf(state, others);
  const planned = asPlanned(earlier, node.name, ROLE, now);
  return typeof planned === 'string' ? planned : now;
}

/** Whether a replica was told to follow that node. */
export function follows({ host, port }: Following, node: RedisNode): boolean {
  return host === node.address.host && port === node.address.port;
}

/**
 * Says why a node cannot stand in for a primary, or nothing when it can as far as its data are concerned.
 *
 * @param replica the node that is to stand in
 * @param primary the node whose writes it must have
 * @param state what the primary told of itself; without it only the replica's own word is asked
 */
export function whyNoReplica(replica: Seen, primary: RedisNode, state: NodeState | undefined): string | undefined {
  const { following } = replica.state;
  const [here, there] = [replica.node.name, primary.name];
  if (replica.state.inCluster) return `${here} belongs to a Redis Cluster, which changes its primaries by itself`;
  if (following === undefined) return `${here} is a primary, not a replica of ${there}`;
  if (!follows(following, primary)) {
    const own = `${primary.address.host}:${primary.address.port}`;
    return `${here} follows ${following.host}:${following.port}, and ${there} is known as ${own}: say replicateFrom if that is the same server`;
  }
  if (replica.state.replicaTakesWrites)
    return `${here} takes writes of its own (replica-read-only no), so it is no copy of ${there}`;
  if (replica.state.loading) return `${here} is still loading its data`;
  if (following.syncing) return `${here} is being filled by ${there}, and has neither its old data nor the new ones`;
  // Without a link and a shared history only its own memory tells, which a server loses when it is started again.
  if (state === undefined)
    return !following.linkUp && following.downForSeconds === undefined
      ? `${here} does not know what it has from ${there}: it was started since, or never had anything; only a person can judge that`
      : undefined;
  if (state.role !== 'primary') return `${there} is no primary`;
  if (!following.linkUp) return `${here} has no link to ${there}`;
  if (replica.state.history !== state.history)
    return `${here} has another history of writes than ${there}: its link leads to some other server`;
  return undefined;
}

/** How many bytes of the primary's stream a replica has not carried out yet. */
export function bytesBehind(replica: NodeState, primary: NodeState): number {
  return Math.max(0, primary.offset - (replica.following?.offset ?? 0));
}

/** Throws when a node cannot stand in for a primary. */
export function assertReplica(replica: Seen, primary: RedisNode, state: NodeState | undefined): void {
  const why = whyNoReplica(replica, primary, state);
  if (why !== undefined) throw new PluginError('not-a-replica', why);
}

/**
 * The same for plans: a node that an earlier step is going to make a replica cannot be one yet, and is looked at again
 * before anything is written.
 */
export function assertReplicaAsPlanned(
  earlier: readonly Change[],
  replica: Seen,
  primary: RedisNode,
  state: NodeState | undefined,
): void {
  const willBe = `replica of ${primary.name}`;
  const isGoingTo = plannedRole(earlier, replica, [primary]) === willBe && roleOf(replica.state, [primary]) !== willBe;
  if (!isGoingTo) assertReplica(replica, primary, state);
}

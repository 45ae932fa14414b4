import { asPlanned, PluginError, type Call, type Change, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { ClusterNode } from '../cluster.js';
import type { Clusters } from '../clusters.js';
import type { Params } from './params.js';

/** A node and the others of its pool. */
export interface PoolSight {
  readonly node: ClusterNode;
  /** How many others are ready and open for new pods. */
  readonly others: number;
  /** How many there must be. */
  readonly keep: number;
}

/**
 * Reads the pool of a node.
 *
 * @param call its parameters say which
 * @param earlier what earlier steps will have done to nodes
 * @throws PluginError `not-in-pool`, or what the cluster throws
 */
export async function readPool(
  { client, params, signal }: Call<Clusters, Params> | PlanCall<Clusters, Params>,
  earlier: readonly Change[] = [],
): Promise<PoolSight> {
  const cluster = client.of(params.cluster);
  const pool = cluster.config.pools[params.pool];
  if (pool === undefined)
    throw new PluginError('unknown-name', `the configuration of ${cluster.name} has no pool ${params.pool}`, false);
  const nodes = await cluster.nodes(pool.selector, signal);
  const node = nodes.find(({ metadata }) => metadata.name === params.node);
  if (node === undefined) {
    const detail = `the pool ${params.pool} of ${cluster.name} has no node ${params.node}, of ${nodes.length}`;
    throw new PluginError('not-in-pool', `${detail}: there is none, or its labels are others`, false);
  }
  const isClosed = ({ metadata, spec }: ClusterNode) =>
    asPlanned(earlier, nodeResource(params.cluster, metadata.name), 'unschedulable', spec.unschedulable) === true;
  const open = nodes.filter((one) => one !== node && isReady(one) && !isClosed(one));
  return { node, others: open.length, keep: pool.keep };
}

/**
 * Sees to it that enough nodes stay.
 *
 * @throws PluginError `would-leave-too-few`
 */
export function assertEnough({ others, keep }: PoolSight, { cluster, pool, node }: Params): void {
  if (others >= keep) return;
  const detail = `without ${node} the pool ${pool} of ${cluster} has ${others} nodes that are ready and open`;
  throw new PluginError('would-leave-too-few', `${detail}; at least ${keep} must stay: bring others back first`, false);
}

/** How plans of this plugin name a node. */
export function nodeResource(cluster: string, name: string): string {
  return `kubernetes/${cluster}/node/${name}`;
}

function isReady({ status }: ClusterNode): boolean {
  return status?.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

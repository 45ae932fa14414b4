import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { ClusterConfig, RedisConfig } from './config.js';
import { RedisNode } from './node.js';

/** How far a pair was when both sides were last seen together. */
export interface Sighting {
  /** By the primary's clock, in milliseconds. */
  readonly at: number;
  readonly history: string;
  /** How far the primary's own history went by then, in bytes. */
  readonly offset: number;
}

/** One cluster as far as it matters here: its nodes, and what the operator says of it. */
export class RedisCluster {
  private readonly nodes: ReadonlyMap<string, RedisNode>;
  private readonly sightings = new Map<string, Sighting>();

  constructor(
    readonly name: string,
    readonly config: ClusterConfig,
    timeoutMs: number,
  ) {
    const made = (node: string, one: ClusterConfig['nodes'][string]) =>
      new RedisNode(`redis/${name}/${node}`, one, timeoutMs);
    this.nodes = new Map(Object.entries(config.nodes).map(([node, one]) => [node, made(node, one)]));
  }

  /**
   * Gives a node.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  node(name: string): RedisNode {
    const found = this.nodes.get(name);
    if (found !== undefined) return found;
    throw new PluginError('unknown-name', `cluster ${this.name} has ${this.names.join(', ')}, but no ${name}`, false);
  }

  /** The names of its nodes, as configured. */
  get names(): string[] {
    return [...this.nodes.keys()];
  }

  /** Remembers how far a primary was. Only this process knows it: it may narrow a bound, and nothing rests on it. */
  saw(primary: string, sighting: Sighting): void {
    this.sightings.set(primary, sighting);
  }

  /** How far a primary was when it was last measured, if this process measured it. */
  lastSeen(primary: string): Sighting | undefined {
    return this.sightings.get(primary);
  }
}

/** The Redis clusters that may be reached, by name. */
export class RedisClusters {
  private readonly named: ReadonlyMap<string, RedisCluster>;

  /** Connects to nothing yet. */
  constructor({ redis }: RedisConfig) {
    const clusters = Object.entries(redis?.clusters ?? {});
    this.named = new Map(clusters.map(([name, one]) => [name, new RedisCluster(name, one, redis?.timeout ?? 0)]));
  }

  /**
   * Gives the cluster of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): RedisCluster {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no Redis cluster ${name}; configured: ${known}`, false);
  }
}

import { PluginError, type Kit } from '../../src/plugin-sdk/index.js';
import { Cluster } from './cluster.js';
import type { Config } from './config.js';
import type { Kubernetes } from './connection.js';

/** Builders for the actions on Kubernetes. */
export type KubernetesKit = Kit<Clusters, Config>;

/** The configured clusters, by name. */
export class Clusters {
  private readonly clusters: ReadonlyMap<string, Cluster>;

  /** Connects to nothing yet. */
  constructor(config: Config, kubernetes: Kubernetes) {
    this.clusters = new Map(
      Object.entries(config.clusters).map(([name, one]) => [name, new Cluster(name, one, kubernetes)]),
    );
  }

  /**
   * Gives a cluster by its name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  of(name: string): Cluster {
    const cluster = this.clusters.get(name);
    if (cluster !== undefined) return cluster;
    throw new PluginError('unknown-name', `the configuration of the plugin has no cluster ${name}`, false);
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.clusters.values()].map((cluster) => cluster.close()));
  }
}

import { PluginError } from '../../src/plugin-sdk/index.js';
import { EtcdCluster } from './etcd-cluster.js';
import type { EtcdClusterConfig } from './etcd-config.js';

/** A key of a step, where our mark on it is, and the cluster that has both. */
export interface EtcdPlace {
  readonly cluster: EtcdCluster;
  readonly key: string;
  readonly markKey: string;
}

/** The clusters that may be reached, by name. */
export class EtcdClusters {
  private readonly named: ReadonlyMap<string, { readonly cluster: EtcdCluster; readonly config: EtcdClusterConfig }>;

  /**
   * Connects to nothing yet.
   *
   * @param timeoutMs for each request to each member
   */
  constructor(clusters: Readonly<Record<string, EtcdClusterConfig>>, timeoutMs: number) {
    this.named = new Map(
      Object.entries(clusters).map(([name, config]) => {
        const { endpoints, username, password } = config;
        const login = username === undefined || password === undefined ? undefined : { username, password };
        return [name, { cluster: new EtcdCluster({ name: `etcd ${name}`, endpoints, login, timeoutMs }), config }];
      }),
    );
  }

  /**
   * Gives the place of a key.
   *
   * @param name of the cluster
   * @param key below the prefix of that cluster
   * @throws PluginError `unknown-cluster` when the configuration has none of that name
   */
  place(name: string, key: string): EtcdPlace {
    const found = this.named.get(name);
    if (found === undefined) {
      const known = [...this.named.keys()].join(', ') || 'none';
      throw new PluginError('unknown-cluster', `no etcd cluster ${name}; configured names: ${known}`, false);
    }
    const { cluster, config } = found;
    return { cluster, key: config.prefix + key, markKey: config.marks + config.prefix.replace(/^\//, '') + key };
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.named.values()].map(({ cluster }) => cluster.close()));
  }
}

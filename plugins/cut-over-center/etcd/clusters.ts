import { EtcdCluster } from '../../clients/etcd-cluster.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { EtcdConfig } from './config.js';

/** A cluster, and where in it the keys of steps and our marks are. */
export interface NamedCluster {
  readonly cluster: EtcdCluster;
  readonly prefix: string;
  readonly marks: string;
}

/** The clusters that may be reached, by name. */
export class Clusters {
  private readonly named: ReadonlyMap<string, NamedCluster>;

  constructor(config: EtcdConfig | undefined) {
    const entries = Object.entries(config?.clusters ?? {}).map(([name, one]): [string, NamedCluster] => {
      const { endpoints, username, password, prefix, marks } = one;
      const login = username === undefined || password === undefined ? undefined : { username, password };
      const timeoutMs = config?.timeout ?? 0;
      return [name, { cluster: new EtcdCluster({ name: `etcd ${name}`, endpoints, login, timeoutMs }), prefix, marks }];
    });
    this.named = new Map(entries);
  }

  /**
   * Gives the cluster of that name.
   *
   * @throws PluginError `unknown-cluster` when the configuration has none of that name
   */
  get(name: string): NamedCluster {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-cluster', `no etcd cluster ${name}; configured names: ${known}`, false);
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.named.values()].map(({ cluster }) => cluster.close()));
  }
}

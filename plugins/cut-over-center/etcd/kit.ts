import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { Clusters } from './clusters.js';
import type { EtcdFields } from './config.js';

/** What the etcd actions need of the plugin's client. */
export interface EtcdSystem {
  readonly etcd: Clusters;
}

/** Builders for the etcd actions. */
export type EtcdKit = Kit<EtcdSystem, EtcdFields>;

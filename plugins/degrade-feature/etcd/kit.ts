import type { EtcdClusters } from '../../clients/etcd-clusters.js';
import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { EtcdFields } from './config.js';

/** What the etcd action needs of the plugin's client. */
export interface EtcdSystem {
  readonly etcd: EtcdClusters;
}

/** Builders for the etcd action. */
export type EtcdKit = Kit<EtcdSystem, EtcdFields>;

import { etcdAction } from './action.js';
import type { EtcdKit } from './kit.js';

/** The actions on features in etcd, by name. */
export function etcdActions(kit: EtcdKit) {
  return { etcd: etcdAction(kit) };
}

import { z } from 'zod';
import { EtcdClusters } from '../clients/etcd-clusters.js';
import { consistencyFields } from './consistency/config.js';
import { Passes } from './consistency/passes.js';
import { dnsFields } from './dns/config.js';
import { NameServers } from './dns/servers.js';
import { etcdFields } from './etcd/config.js';
import { envoyFileFields } from '../clients/envoy-file-config.js';
import { trafficFiles, type TrafficFiles } from './envoy-file/files.js';
import { Endpoints, haproxyFields } from '../clients/haproxy-endpoints.js';
import { healthFields } from './health/config.js';
import { Vantages } from './health/vantages.js';
import { PostgresClusters } from './postgres/clusters.js';
import { postgresFields } from './postgres/config.js';
import { RedisClusters } from './redis/clusters.js';
import { redisFields } from './redis/config.js';
import { readinessFields } from './readiness/config.js';
import { Figures } from './readiness/figures.js';

/** Configuration of the plugin: which systems may be reached at all, one section for each kind. */
export const configSchema = z
  .strictObject({
    ...haproxyFields,
    ...envoyFileFields,
    ...healthFields,
    ...readinessFields,
    ...dnsFields,
    ...etcdFields,
    ...postgresFields,
    ...redisFields,
    ...consistencyFields,
  })
  .refine(({ timeout: _timeout, maps: _maps, endpoint, endpoints, ...sections }) => {
    const named = endpoint !== undefined || Object.keys(endpoints).length > 0;
    return named || Object.values(sections).some((section) => section !== undefined);
  }, 'name at least one system: endpoint or endpoints for HAProxy, or the section of another kind');

/** The plugin's configuration as parsed. */
export type Config = z.infer<typeof configSchema>;

/** What the actions and probes reach: the clients of each kind of system. */
export class Systems {
  readonly haproxy: Endpoints;
  readonly envoyFile: TrafficFiles;
  readonly health: Vantages;
  readonly dns: NameServers;
  readonly etcd: EtcdClusters;
  readonly readiness: Figures;
  readonly postgres: PostgresClusters;
  readonly redis: RedisClusters;
  readonly consistency = new Passes();

  /** Connects to nothing yet. */
  constructor(config: Config) {
    this.haproxy = new Endpoints(config);
    this.envoyFile = trafficFiles(config.envoyFile);
    this.health = new Vantages(config.health);
    this.dns = new NameServers(config.dns);
    this.etcd = new EtcdClusters(config.etcd?.clusters ?? {}, config.etcd?.timeout ?? 0);
    this.readiness = new Figures(config.readiness);
    this.postgres = new PostgresClusters(config.postgres);
    this.redis = new RedisClusters(config);
  }

  /** Lets go of what was connected. */
  async close(): Promise<void> {
    // HAProxy, DNS and PostgreSQL: each command has a connection of its own
    await Promise.all([this.etcd.close(), this.envoyFile.close(), this.health.close(), this.readiness.close()]);
  }
}

import { z } from 'zod';
import { EtcdClusters } from '../clients/etcd-clusters.js';
import { RedisServers } from '../clients/redis-servers.js';
import { etcdFields } from './etcd/config.js';
import { fileFields } from './file/config.js';
import { FlagFiles } from './file/files.js';
import { httpFields } from './http/config.js';
import { FeatureServices } from './http/services.js';
import { redisFields, type RedisServerConfig } from './redis/config.js';
import { unleashFields } from './unleash/config.js';
import { UnleashServers } from './unleash/servers.js';

/** Configuration of the plugin: which systems may be reached at all, one section for each kind. */
export const configSchema = z
  .strictObject({
    ...unleashFields,
    ...fileFields,
    ...etcdFields,
    ...redisFields,
    ...httpFields,
  })
  .refine((sections) => Object.values(sections).some((section) => section !== undefined), 'name at least one system');

/** The plugin's configuration as parsed. */
export type Config = z.infer<typeof configSchema>;

/** What the actions and probes reach: the clients of each kind of system. */
export class Systems {
  readonly unleash: UnleashServers;
  readonly file: FlagFiles;
  readonly etcd: EtcdClusters;
  readonly redis: RedisServers<RedisServerConfig>;
  readonly http: FeatureServices;

  /** Connects to nothing yet. */
  constructor(config: Config) {
    this.unleash = new UnleashServers(config.unleash);
    this.file = new FlagFiles(config.file);
    this.etcd = new EtcdClusters(config.etcd?.clusters ?? {}, config.etcd?.timeout ?? 0);
    this.redis = new RedisServers(config.redis?.servers ?? {}, config.redis?.timeout ?? 0);
    this.http = new FeatureServices(config.http);
  }

  /** Lets go of what was connected. */
  async close(): Promise<void> {
    // Redis: each look and each write has a connection of its own
    await Promise.all([this.unleash.close(), this.etcd.close(), this.http.close()]);
  }
}

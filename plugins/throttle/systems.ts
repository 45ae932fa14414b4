import { z } from 'zod';
import { envoyFileFields } from '../clients/envoy-file-config.js';
import { Endpoints } from '../clients/haproxy-endpoints.js';
import { RedisServers } from '../clients/redis-servers.js';
import { limitFiles, type LimitFiles } from './envoy-file/files.js';
import { haproxySection, NO_HAPROXY } from './haproxy/config.js';
import { nginxFields } from './nginx/config.js';
import { NginxLimits } from './nginx/limits.js';
import { redisBucketFields, type BucketServer } from './redis-bucket/config.js';

/** Configuration of the plugin: which systems may be reached at all, one section for each kind. */
export const configSchema = z
  .strictObject({
    ...haproxySection,
    ...nginxFields,
    ...envoyFileFields,
    ...redisBucketFields,
  })
  .refine((sections) => Object.values(sections).some((section) => section !== undefined), 'name at least one system');

/** The plugin's configuration as parsed. */
export type Config = z.infer<typeof configSchema>;

/** What the actions and probes reach: the clients of each kind of system. */
export class Systems {
  readonly haproxy: Endpoints;
  readonly nginx: NginxLimits;
  readonly envoyFile: LimitFiles;
  readonly redisBucket: RedisServers<BucketServer>;

  /** Connects to nothing yet. */
  constructor(config: Config) {
    this.haproxy = new Endpoints(config.haproxy ?? NO_HAPROXY);
    this.nginx = new NginxLimits(config.nginx);
    this.envoyFile = limitFiles(config.envoyFile);
    this.redisBucket = new RedisServers(config.redisBucket?.servers ?? {}, config.redisBucket?.timeout ?? 0);
  }

  /** Lets go of what was connected. */
  async close(): Promise<void> {
    // HAProxy and Redis: each command has a connection of its own
    await Promise.all([this.nginx.close(), this.envoyFile.close()]);
  }
}

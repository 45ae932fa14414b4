import { z } from 'zod';
import { diskWatermarkFields } from './disk-watermark/config.js';
import { Disks } from './disk-watermark/disks.js';
import { healthScoreFields } from './health-score/config.js';
import { ScoredCaches } from './health-score/scored-caches.js';
import { PurgedCaches } from './http-purge/caches.js';
import { httpPurgeFields } from './http-purge/config.js';
import { MemcachedCaches } from './memcached/caches.js';
import { memcachedFields } from './memcached/config.js';
import { Caches } from './redis/caches.js';
import { redisFields } from './redis/config.js';
import { VarnishCaches } from './varnish/caches.js';
import { varnishFields } from './varnish/config.js';

/** Configuration of the plugin: which systems may be reached at all, one section for each kind. */
export const configSchema = z
  .strictObject({
    ...redisFields,
    ...memcachedFields,
    ...varnishFields,
    ...httpPurgeFields,
    ...healthScoreFields,
    ...diskWatermarkFields,
  })
  .refine((sections) => Object.values(sections).some((section) => section !== undefined), 'name at least one system');

/** The plugin's configuration as parsed. */
export type Config = z.infer<typeof configSchema>;

/** What the actions and probes reach: the clients of each kind of system. */
export class Systems {
  readonly redis: Caches;
  readonly memcached: MemcachedCaches;
  readonly httpPurge: PurgedCaches;
  readonly varnish: VarnishCaches;
  readonly healthScore: ScoredCaches;
  readonly diskWatermark: Disks;

  /** Connects to nothing yet. */
  constructor(config: Config) {
    this.redis = new Caches(config.redis);
    this.memcached = new MemcachedCaches(config.memcached);
    this.httpPurge = new PurgedCaches(config.httpPurge);
    this.varnish = new VarnishCaches(config.varnish);
    this.healthScore = new ScoredCaches(config.healthScore);
    this.diskWatermark = new Disks(config.diskWatermark);
  }

  /** Lets go of what was connected. */
  async close(): Promise<void> {
    // Redis, memcached and Varnish: each verb has connections of its own
    await Promise.all([this.httpPurge.close(), this.healthScore.close(), this.diskWatermark.close()]);
  }
}

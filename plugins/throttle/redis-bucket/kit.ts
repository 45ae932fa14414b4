import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { RedisServers } from '../../clients/redis-servers.js';
import type { BucketServer, RedisBucketFields } from './config.js';

/** What the throttle of buckets in Redis needs of the plugin's client. */
export interface RedisBucketSystem {
  readonly redisBucket: RedisServers<BucketServer>;
}

/** Builders for the throttle of buckets in Redis. */
export type RedisBucketKit = Kit<RedisBucketSystem, RedisBucketFields>;

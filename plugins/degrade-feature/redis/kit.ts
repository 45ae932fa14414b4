import type { RedisServers } from '../../clients/redis-servers.js';
import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { RedisFields, RedisServerConfig } from './config.js';

/** What the Redis action needs of the plugin's client. */
export interface RedisSystem {
  readonly redis: RedisServers<RedisServerConfig>;
}

/** Builders for the Redis action. */
export type RedisKit = Kit<RedisSystem, RedisFields>;

import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { RedisClusters } from './clusters.js';
import type { RedisConfig } from './config.js';

/** What Redis' actions and probes need of the plugin's client. */
export interface RedisSystem {
  readonly redis: RedisClusters;
}

/** Builders for Redis' actions and probes. */
export type RedisKit = Kit<RedisSystem, RedisConfig>;

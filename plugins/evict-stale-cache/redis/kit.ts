import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { Caches } from './caches.js';
import type { RedisFields } from './config.js';

/** What the action on Redis needs of the plugin's client. */
export interface RedisSystem {
  readonly redis: Caches;
}

/** Builders for the action on Redis. */
export type RedisKit = Kit<RedisSystem, RedisFields>;

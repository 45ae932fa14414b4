import type { Call, EffectCall, Kit } from '../../../src/plugin-sdk/index.js';
import type { MemcachedCaches } from './caches.js';
import type { MemcachedFields } from './config.js';
import type { Params } from './params.js';

/** What the memcached action needs of the plugin's client. */
export interface MemcachedSystem {
  readonly memcached: MemcachedCaches;
}

/** Builders for the memcached action. */
export type MemcachedKit = Kit<MemcachedSystem, MemcachedFields>;

/** What looking needs of a call. */
export type Looking = Pick<Call<MemcachedSystem, Params>, 'client' | 'params' | 'signal'>;

/** What writing needs of a call. */
export type Writing = EffectCall<MemcachedSystem, Params>;

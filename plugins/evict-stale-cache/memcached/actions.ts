import { memcachedAction } from './action.js';
import type { MemcachedKit } from './kit.js';

/** The actions on memcached, by name. */
export function memcachedActions(kit: MemcachedKit) {
  return { memcached: memcachedAction(kit) };
}

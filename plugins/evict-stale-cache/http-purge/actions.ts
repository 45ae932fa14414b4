import { httpPurgeAction } from './action.js';
import type { HttpPurgeKit } from './kit.js';

/** The actions on caches that are purged over HTTP, by name. */
export function httpPurgeActions(kit: HttpPurgeKit) {
  return { 'http-purge': httpPurgeAction(kit) };
}

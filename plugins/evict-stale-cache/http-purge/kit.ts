import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { PurgedCaches } from './caches.js';
import type { HttpPurgeFields } from './config.js';

/** What the action on caches behind HTTP needs of the plugin's client. */
export interface HttpPurgeSystem {
  readonly httpPurge: PurgedCaches;
}

/** Builders for the action on caches behind HTTP. */
export type HttpPurgeKit = Kit<HttpPurgeSystem, HttpPurgeFields>;

import type { Call, Kit } from '../../../src/plugin-sdk/index.js';
import type { VarnishCaches } from './caches.js';
import type { VarnishFields } from './config.js';
import type { Params } from './params.js';

/** What the Varnish action needs of the plugin's client. */
export interface VarnishSystem {
  readonly varnish: VarnishCaches;
}

/** Builders for the Varnish action. */
export type VarnishKit = Kit<VarnishSystem, VarnishFields>;

/** What looking needs of a call. */
export type Looking = Pick<Call<VarnishSystem, Params>, 'client' | 'params' | 'signal'>;

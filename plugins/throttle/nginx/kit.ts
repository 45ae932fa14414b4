import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { NginxConfig } from './config.js';
import type { NginxLimits } from './limits.js';

/** What the throttle at nginx needs of the plugin's client. */
export interface NginxSystem {
  readonly nginx: NginxLimits;
}

/** Builders for the throttle at nginx. */
export type NginxKit = Kit<NginxSystem, NginxConfig>;

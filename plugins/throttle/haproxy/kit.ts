import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { Endpoints } from '../../clients/haproxy-endpoints.js';
import type { HaproxySection } from './config.js';

/** What the throttle at HAProxy needs of the plugin's client. */
export interface HaproxySystem {
  readonly haproxy: Endpoints;
}

/** Builders for the throttle at HAProxy. */
export type HaproxyKit = Kit<HaproxySystem, HaproxySection>;

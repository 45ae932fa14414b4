import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { Endpoints, HaproxyConfig } from '../../clients/haproxy-endpoints.js';

/** What HAProxy's actions need of the plugin's client. */
export interface HaproxySystem {
  readonly haproxy: Endpoints;
}

/** Builders for HAProxy's actions. */
export type HaproxyKit = Kit<HaproxySystem, HaproxyConfig>;

import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { UnleashFields } from './config.js';
import type { UnleashServers } from './servers.js';

/** What the action on Unleash needs of the plugin's client. */
export interface UnleashSystem {
  readonly unleash: UnleashServers;
}

/** Builders for the action on Unleash. */
export type UnleashKit = Kit<UnleashSystem, UnleashFields>;

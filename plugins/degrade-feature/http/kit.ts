import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { HttpFields } from './config.js';
import type { FeatureServices } from './services.js';

/** What the action on feature services needs of the plugin's client. */
export interface HttpSystem {
  readonly http: FeatureServices;
}

/** Builders for the action on feature services. */
export type HttpKit = Kit<HttpSystem, HttpFields>;

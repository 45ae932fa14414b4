import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { HealthConfig } from './config.js';
import type { Vantages } from './vantages.js';

/** What the probe needs of the plugin's client. */
export interface HealthSystem {
  readonly health: Vantages;
}

/** Builders for the probe of a centre's health. */
export type HealthKit = Kit<HealthSystem, { readonly health?: HealthConfig | undefined }>;

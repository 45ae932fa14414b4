import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { ReadinessConfig } from './config.js';
import type { Figures } from './figures.js';

/** What the probe needs of the plugin's client. */
export interface ReadinessSystem {
  readonly readiness: Figures;
}

/** Builders for the probe of a centre's readiness. */
export type ReadinessKit = Kit<ReadinessSystem, { readonly readiness?: ReadinessConfig | undefined }>;

import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { HealthScoreFields } from './config.js';
import type { ScoredCaches } from './scored-caches.js';

/** What the probe needs of the plugin's client. */
export interface HealthScoreSystem {
  readonly healthScore: ScoredCaches;
}

/** Builders for the probe of a cache's health. */
export type HealthScoreKit = Kit<HealthScoreSystem, HealthScoreFields>;

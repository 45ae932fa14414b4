import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { PostgresClusters } from './clusters.js';
import type { PostgresFields } from './config.js';

/** What PostgreSQL's actions and probes need of the plugin's client. */
export interface PostgresSystem {
  readonly postgres: PostgresClusters;
}

/** Builders for PostgreSQL's actions and probes. */
export type PostgresKit = Kit<PostgresSystem, PostgresFields>;

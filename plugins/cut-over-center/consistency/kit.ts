import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { PostgresFields } from '../postgres/config.js';
import type { PostgresSystem } from '../postgres/kit.js';
import type { RedisConfig } from '../redis/config.js';
import type { RedisSystem } from '../redis/kit.js';
import type { ConsistencyConfig } from './config.js';
import type { Passes } from './passes.js';

/** What the comparison needs of the plugin's client. */
export interface ConsistencySystem extends RedisSystem, PostgresSystem {
  readonly consistency: Passes;
}

/** The parts of the configuration that it reads. */
export type ComparedConfig = ConsistencyConfig & RedisConfig & PostgresFields;

/** Builders for the probe. */
export type ConsistencyKit = Kit<ConsistencySystem, ComparedConfig>;

import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { EnvoyFileConfig } from '../../clients/envoy-file-config.js';
import type { LimitFiles } from './files.js';

/** What the throttle in Envoy's files needs of the plugin's client. */
export interface EnvoyFileSystem {
  readonly envoyFile: LimitFiles;
}

/** Builders for the throttle in Envoy's files. */
export type EnvoyFileKit = Kit<EnvoyFileSystem, EnvoyFileConfig>;

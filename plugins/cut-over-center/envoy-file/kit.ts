import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { EnvoyFileConfig } from '../../clients/envoy-file-config.js';
import type { TrafficFiles } from './files.js';

/** What the action on Envoy's files needs of the plugin's client. */
export interface EnvoyFileSystem {
  readonly envoyFile: TrafficFiles;
}

/** Builders for the action on Envoy's files. */
export type EnvoyFileKit = Kit<EnvoyFileSystem, EnvoyFileConfig>;

import { EnvoyFiles } from '../../clients/envoy-files.js';
import type { EnvoySection } from '../../clients/envoy-file-config.js';
import { EnvoyAdmin } from './admin.js';
import { parse, type Parsed } from './text.js';

/** The files with weights that may be changed, by name, and the Envoy that reads them. */
export type TrafficFiles = EnvoyFiles<Parsed, EnvoyAdmin>;

/** Makes them of the plugin's configuration; opens nothing yet. */
export function trafficFiles(section: EnvoySection | undefined): TrafficFiles {
  return new EnvoyFiles(section, parse, (address, timeoutMs) => new EnvoyAdmin(address, timeoutMs));
}

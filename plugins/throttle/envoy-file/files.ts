import { EnvoyFiles } from '../../clients/envoy-files.js';
import type { EnvoySection } from '../../clients/envoy-file-config.js';
import { LimitAdmin } from './admin.js';
import { parse, type Parsed } from './discovery.js';

/** The files with limits that may be changed, by name, and the Envoy that reads them. */
export type LimitFiles = EnvoyFiles<Parsed, LimitAdmin>;

/** Makes them of the plugin's configuration; opens nothing yet. */
export function limitFiles(section: EnvoySection | undefined): LimitFiles {
  return new EnvoyFiles(section, parse, (address, timeoutMs) => new LimitAdmin(address, timeoutMs));
}

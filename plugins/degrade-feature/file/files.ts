import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { FileConfig } from './config.js';
import { FlagFile } from './flag-file.js';

/** The flag files that may be changed, by name. */
export class FlagFiles {
  private readonly files: ReadonlyMap<string, FlagFile>;

  /** Opens nothing yet. */
  constructor(config: FileConfig | undefined) {
    const entries = Object.entries(config?.files ?? {});
    this.files = new Map(entries.map(([name, { path }]) => [name, new FlagFile(path)]));
  }

  /**
   * Gives the file of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): FlagFile {
    const found = this.files.get(name);
    if (found !== undefined) return found;
    const known = [...this.files.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no file ${name}; configured names: ${known}`, false);
  }
}

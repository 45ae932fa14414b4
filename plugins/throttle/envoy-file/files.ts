import type { EnvoySection } from '../../clients/envoy-file-config.js';
import { watchedFiles, type WatchedFile } from '../../clients/watched-file.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { LimitAdmin } from './admin.js';
import { parse, type Parsed } from './discovery.js';

/** The files with limits that may be changed, by name, and the Envoy that reads them. */
export class LimitFiles {
  /** Absent when the configuration names no admin interface. */
  readonly admin: LimitAdmin | undefined;
  /** How long Envoy may take to take over a new file, in milliseconds. */
  readonly takesMs: number;
  private readonly files: ReadonlyMap<string, WatchedFile<Parsed>>;

  /** Opens nothing yet. */
  constructor(section: EnvoySection | undefined) {
    const { files = {}, check, admin, timeout = 0, takes = 0 } = section ?? {};
    this.files = watchedFiles({ files, check, timeout }, parse);
    this.admin = admin === undefined ? undefined : new LimitAdmin(admin, timeout);
    this.takesMs = takes;
  }

  /**
   * Gives the file of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): WatchedFile<Parsed> {
    const found = this.files.get(name);
    if (found !== undefined) return found;
    const known = [...this.files.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no file ${name}; configured names: ${known}`, false);
  }

  /** Lets go of connections. */
  async close(): Promise<void> {
    await this.admin?.close();
  }
}

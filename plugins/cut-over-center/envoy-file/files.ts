import { PluginError } from '../../../src/plugin-sdk/index.js';
import { EnvoyAdmin } from './admin.js';
import { runCheck } from './check-command.js';
import type { EnvoySection } from './config.js';
import { WatchedFile } from './watched-file.js';

/** The files that may be changed, by name, and the Envoy that reads them. */
export class EnvoyFiles {
  /** Absent when the configuration names no admin interface. */
  readonly admin: EnvoyAdmin | undefined;
  /** How long Envoy may take to take over a new file, in milliseconds. */
  readonly takesMs: number;
  private readonly files: ReadonlyMap<string, WatchedFile>;

  /** Opens nothing yet. */
  constructor(section: EnvoySection | undefined) {
    const { files = {}, check, admin, timeout = 0, takes = 0 } = section ?? {};
    const accept = async (candidate: string, signal: AbortSignal) =>
      check === undefined ? undefined : runCheck(check, candidate, timeout, signal);
    this.files = new Map(Object.entries(files).map(([name, path]) => [name, new WatchedFile(path, accept)]));
    this.admin = admin === undefined ? undefined : new EnvoyAdmin(admin, timeout);
    this.takesMs = takes;
  }

  /**
   * Gives the file of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): WatchedFile {
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

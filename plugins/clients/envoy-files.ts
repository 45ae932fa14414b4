import { PluginError } from '../../src/plugin-sdk/index.js';
import type { Format } from './discovery-text.js';
import type { EnvoySection } from './envoy-file-config.js';
import { watchedFiles, type WatchedFile } from './watched-file.js';

/** The admin interface of the Envoy that reads the files. */
export interface ClosableAdmin {
  close(): Promise<void>;
}

/** The files that may be changed, by name, and the Envoy that reads them. */
export class EnvoyFiles<Content extends object, Admin extends ClosableAdmin> {
  /** Absent when the configuration names no admin interface. */
  readonly admin: Admin | undefined;
  /** How long Envoy may take to take over a new file, in milliseconds. */
  readonly takesMs: number;
  private readonly files: ReadonlyMap<string, WatchedFile<Content>>;

  /**
   * Opens nothing yet.
   *
   * @param parse reads the text of a file; throws PluginError
   * @param adminAt makes the client of the admin interface, with a time-out in milliseconds
   */
  constructor(
    section: EnvoySection | undefined,
    parse: (text: string, format: Format) => Content,
    adminAt: (address: string, timeoutMs: number) => Admin,
  ) {
    const { files = {}, check, admin, timeout = 0, takes = 0 } = section ?? {};
    this.files = watchedFiles({ files, check, timeout }, parse);
    this.admin = admin === undefined ? undefined : adminAt(admin, timeout);
    this.takesMs = takes;
  }

  /**
   * Gives the file of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): WatchedFile<Content> {
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

import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { FileFields } from './config.js';
import type { FlagFiles } from './files.js';

/** What the action on flag files needs of the plugin's client. */
export interface FileSystem {
  readonly file: FlagFiles;
}

/** Builders for the action on flag files. */
export type FileKit = Kit<FileSystem, FileFields>;

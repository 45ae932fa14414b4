import { extname } from 'node:path';
import { runCheck } from './check-command.js';
import type { Format } from './discovery-text.js';
import type { EnvoySection } from './envoy-file-config.js';
import { WholeFile } from './whole-file.js';

// Reading YAML takes microseconds for each byte, in which nothing else is done.
const MAX_KIB: Readonly<Record<Format, number>> = { json: 1024, yaml: 128 };

/** A file that Envoy watches, and how it is written. */
export interface WatchedFile<Content extends object> {
  readonly format: Format;
  readonly file: WholeFile<Content>;
}

/**
 * Opens, by name, the files that the configuration names.
 *
 * @param parse reads a text; throws PluginError
 */
export function watchedFiles<Content extends object>(
  { files, check, timeout }: Pick<EnvoySection, 'files' | 'check' | 'timeout'>,
  parse: (text: string, format: Format) => Content,
): ReadonlyMap<string, WatchedFile<Content>> {
  const accept = async (candidate: string, signal: AbortSignal) =>
    check === undefined ? undefined : runCheck(check, candidate, timeout, signal);
  const open = ([name, path]: [string, string]) => {
    const format = extname(path) === '.json' ? 'json' : 'yaml';
    const rules = { maxKiB: MAX_KIB[format], parse: (text: string) => parse(text, format), accept };
    return [name, { format, file: new WholeFile(path, rules) }] as const;
  };
  return new Map(Object.entries(files).map(open));
}

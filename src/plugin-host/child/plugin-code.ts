import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PluginCode } from './node-flags.js';

const PACKAGE = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*/;
const INDEXES = ['index.js', 'index.ts', 'index.mjs'];
/** Firebreak's own folder: a package may be installed beside it. */
const OWN = dirname(fileURLToPath(import.meta.url));

/**
 * Finds the code that somebody has named in FIREBREAK_PLUGINS.
 *
 * @param name a folder with an index file, a file, or an npm package
 * @param cwd what relative paths start from, and where packages are installed
 * @returns what is wrong, as text, when there is nothing of that name
 */
export function codeOf(name: string, cwd: string): PluginCode | string {
  const path = resolve(cwd, name);
  if (existsSync(path)) {
    const isFolder = statSync(path).isDirectory();
    const file = isFolder ? indexIn(path) : path;
    if (file === undefined) return `there is no ${INDEXES.join(', ')} in this folder`;
    const folder = isFolder ? path : dirname(path);
    if (resolve(cwd).startsWith(join(folder, sep)) || resolve(cwd) === folder)
      return 'it may read its own folder, and there are the settings and data of Firebreak: give it a folder of its own';
    return { name, entry: pathToFileURL(file).href, folder, builtIn: false };
  }
  const packageName = PACKAGE.exec(name)?.[0];
  if (packageName === undefined) return 'there is no such folder';
  const folder = packageFrom(cwd, packageName) ?? packageFrom(OWN, packageName);
  if (folder === undefined) return 'there is no such folder, and no such package in node_modules';
  return { name, entry: name, folder, builtIn: false };
}

/** The index file of a folder, if it has one. */
export function indexIn(folder: string): string | undefined {
  return INDEXES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

function packageFrom(start: string, name: string): string | undefined {
  const here = join(start, 'node_modules', name);
  if (existsSync(join(here, 'package.json'))) return here;
  const above = dirname(start);
  return above === start ? undefined : packageFrom(above, name);
}

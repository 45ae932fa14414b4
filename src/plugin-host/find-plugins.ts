import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from '../plugin-sdk/plugin.js';

/** What was found: the plugins, or every problem at once. */
export type FoundPlugins =
  | { readonly ok: true; readonly plugins: readonly Plugin[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Finds plugins: each folder below `builtIn` with an `index` file, and whatever else is named.
 *
 * @param builtIn absolute path of the folder of the shipped plugins
 * @param more folders or npm packages, as FIREBREAK_PLUGINS names them
 */
export async function findPlugins(builtIn: string, more: readonly string[]): Promise<FoundPlugins> {
  const shipped = readdirSync(builtIn, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => indexOf(join(builtIn, entry.name)))
    .filter((file) => file !== undefined);
  const named = more.map((name) => (existsSync(resolve(name)) ? (indexOf(resolve(name)) ?? resolve(name)) : name));
  const plugins: Plugin[] = [];
  const problems: string[] = [];
  for (const from of [...shipped, ...named]) {
    const found = await load(from);
    if (typeof found === 'string') problems.push(`plugin ${from}: ${found}`);
    else if (plugins.some((plugin) => plugin.id === found.id))
      problems.push(`plugin ${from}: the id ${found.id} is taken`);
    else plugins.push(found);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, plugins };
}

function indexOf(folder: string): string | undefined {
  return ['index.js', 'index.ts', 'index.mjs'].map((name) => join(folder, name)).find((file) => existsSync(file));
}

async function load(from: string): Promise<Plugin | string> {
  try {
    const module: unknown = await import(from.startsWith('/') ? pathToFileURL(from).href : from);
    const made = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
    return isPlugin(made) ? made : 'its default export is not what definePlugin makes (sdk 1)';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && typeof value.id === 'string' && 'sdk' in value && value.sdk === 1 && 'instantiate' in value;
}

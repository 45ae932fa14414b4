import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from '../plugin-sdk/plugin.js';
import type { Children } from './child/children.js';
import type { PluginCode } from './child/node-flags.js';
import { codeOf, indexIn } from './child/plugin-code.js';
import { messageOf } from '../core/message-of.js';

/** What was found: the plugins, or every problem at once. */
export type FoundPlugins =
  | { readonly ok: true; readonly plugins: readonly Plugin[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What does not run in the service itself. */
export interface Outside {
  /** Folders, files or npm packages, as FIREBREAK_PLUGINS names them. */
  readonly more: readonly string[];
  /** Ids of shipped plugins that run in children too. */
  readonly isolate: readonly string[];
  /** Runs them. */
  readonly children: Pick<Children, 'open'>;
}

const NOTHING: Outside = {
  more: [],
  isolate: [],
  children: { open: () => Promise.reject(new Error('nothing runs in children here')) },
};

/**
 * Finds plugins, and loads them: the shipped ones here, all others each in a child process of its own.
 *
 * @param builtIn absolute path of the folder of the shipped plugins: each folder in it with an `index` file is one
 * @param outside what runs in children
 */
export async function findPlugins(builtIn: string, outside: Outside = NOTHING): Promise<FoundPlugins> {
  const { more, isolate, children } = outside;
  const shipped = readdirSync(builtIn, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => shippedIn(join(builtIn, entry.name), entry.name));
  const ids = new Set(shipped.map((code) => code.name));
  const problems = isolate
    .filter((id) => !ids.has(id))
    .map((id) => `isolate: there is no shipped plugin ${id}; known are ${[...ids].join(', ')}`);
  const loading = [
    ...shipped.map((code) =>
      from(code.name, () => (isolate.includes(code.name) ? children.open(code, ids) : load(code.entry))),
    ),
    ...more.map((name) => {
      const code = codeOf(name, process.cwd());
      return from(name, async () => (typeof code === 'string' ? code : children.open(code, ids)));
    }),
  ];
  const plugins: Plugin[] = [];
  for (const { name, found } of await Promise.all(loading)) {
    if (typeof found === 'string') problems.push(`plugin ${name}: ${found}`);
    else if (plugins.some((plugin) => plugin.id === found.id))
      problems.push(`plugin ${name}: the id ${found.id} is taken`);
    else plugins.push(found);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, plugins };
}

function shippedIn(folder: string, name: string): PluginCode[] {
  const file = indexIn(folder);
  return file === undefined ? [] : [{ name, entry: pathToFileURL(file).href, folder, builtIn: true }];
}

async function from(
  name: string,
  get: () => Promise<Plugin | string>,
): Promise<{ name: string; found: Plugin | string }> {
  try {
    return { name, found: await get() };
  } catch (error) {
    return { name, found: messageOf(error) };
  }
}

async function load(entry: string): Promise<Plugin | string> {
  const module: unknown = await import(entry);
  const made = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  return isPlugin(made) ? made : 'its default export is not what definePlugin makes (sdk 1)';
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && typeof value.id === 'string' && 'sdk' in value && value.sdk === 1 && 'instantiate' in value;
}

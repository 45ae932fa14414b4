import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostsOf, type Permissions } from './permissions.js';

/** A plugin's code, and what may be done with it. */
export interface PluginCode {
  /** As somebody named it: a folder, a file or a package. */
  readonly name: string;
  /** What the child imports: the address of a file, or the name of a package. */
  readonly entry: string;
  /** The folder that is the plugin's own. */
  readonly folder: string;
  /** Whether Firebreak brought it. */
  readonly builtIn: boolean;
}

/** The child's program, for one that runs from built files. */
export const CHILD_PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
/** V8's heap is a part of the memory; the rest is code, stacks and buffers. */
const BESIDE_THE_HEAP_MIB = 48;

/** Node's own database writes files wherever it likes, past the permission model (seen with Node 26.10). */
const NO_DATABASE = '--no-experimental-sqlite';

/** Whether this Node can limit files, programs and (from version 25 on) the network of a process. */
export const knows = {
  permissions: process.allowedNodeEnvironmentFlags.has('--permission'),
  network: process.allowedNodeEnvironmentFlags.has('--allow-net'),
} as const;

/**
 * Writes the arguments of the child's Node: what it may read is its own folder, the SDK and packages, and what the
 * operator permits beside.
 *
 * @param code whose child it is
 * @param permissions what is permitted
 * @param program the child's program
 */
export function nodeFlags(code: PluginCode, permissions: Permissions, program: string = CHILD_PROGRAM): string[] {
  const { read, write, spawn, memoryMiB } = permissions;
  const hosts = hostsOf(permissions, code.builtIn);
  const network = hosts === 'any' || hosts.length > 0;
  const reads = both([...ownCode(program), ...pluginCode(code), ...read, ...write]).map(
    (path) => `--allow-fs-read=${path}`,
  );
  const writes = both(write).map((path) => `--allow-fs-write=${path}`);
  const limits = [
    '--permission',
    ...reads,
    ...writes,
    ...(network && knows.network ? ['--allow-net'] : []),
    ...(spawn ? ['--allow-child-process'] : []),
  ];
  return [
    `--max-old-space-size=${memoryMiB - BESIDE_THE_HEAP_MIB}`,
    '--disable-warning=ExperimentalWarning',
    ...(knows.permissions ? limits : []),
    ...(process.allowedNodeEnvironmentFlags.has(NO_DATABASE) ? [NO_DATABASE] : []),
    program,
    JSON.stringify(hosts),
  ];
}

/** The compiled SDK, what it stands on, and packages. */
function ownCode(program: string): string[] {
  const host = dirname(dirname(program));
  const source = dirname(host);
  return [dirname(program), join(source, 'plugin-sdk'), join(source, 'core'), ...packagesAbove(source)];
}

function pluginCode({ folder, builtIn }: PluginCode): string[] {
  const linked = existsSync(folder) ? packagesAbove(realpathSync(folder)) : [];
  return [folder, ...(builtIn ? [join(dirname(folder), 'clients')] : []), ...packagesAbove(folder), ...linked];
}

function packagesAbove(folder: string): string[] {
  const here = join(folder, 'node_modules');
  const found = existsSync(here) ? [here] : [];
  const above = dirname(folder);
  return above === folder ? found : [...found, ...packagesAbove(above)];
}

/** Node looks at the path as it is used and at the place that it leads to. */
function both(paths: readonly string[]): string[] {
  const real = paths.flatMap((path) => (existsSync(path) ? [realpathSync(path)] : []));
  return [...new Set([...paths, ...real])];
}

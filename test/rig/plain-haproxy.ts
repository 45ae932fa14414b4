import { join } from 'node:path';
import { exchange } from './exchange.js';
import { installed } from './installed.js';
import { removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';

/** A real HAProxy with a configuration of the test's own. */
export interface PlainHaproxy {
  /** Path of its runtime API. */
  readonly socket: string;
  /** Its working folder. */
  readonly folder: string;
  readonly process: RunningProcess;
  /** Sends one command to the runtime API and gives its answer. */
  readonly tell: (command: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts HAProxy.
 *
 * @param config everything after `global`, given the folder it runs in
 * @param files further files for that folder, such as maps: name and text
 */
export async function startPlainHaproxy(
  config: (folder: string) => string,
  files: Readonly<Record<string, string>> = {},
): Promise<PlainHaproxy> {
  const folder = rigFolder('plain-haproxy');
  const socket = join(folder, 'admin.sock');
  for (const [name, text] of Object.entries(files)) writeInto(folder, name, text);
  const file = writeInto(folder, 'haproxy.cfg', `global\n  stats socket ${socket} level admin\n${config(folder)}`);
  const tell = async (command: string) => (await exchange({ path: socket }, `${command}\n`)).trim();
  const process = await startProcess({
    name: 'haproxy',
    command: installed('haproxy'),
    args: ['-db', '-f', file],
    folder,
    ready: async () => (await tell('show info')).includes('Uptime'),
  });
  return {
    socket,
    folder,
    process,
    tell,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

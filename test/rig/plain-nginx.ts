import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';

/** A real nginx with a configuration of the test's own. */
export interface PlainNginx {
  readonly port: number;
  /** Its working folder, which its workers may read. */
  readonly folder: string;
  /** The program with the arguments that name this one, for `-t` and `-s reload`. */
  readonly argv: readonly string[];
  /** The file with the process id of its master. */
  readonly pidFile: string;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
}

/**
 * Starts nginx.
 *
 * @param http what stands in its `http` part, given the folder it runs in and the port it is to listen at
 * @param files further files for that folder: name and text
 */
export async function startPlainNginx(
  http: (folder: string, port: number) => string,
  files: Readonly<Record<string, string>> = {},
): Promise<PlainNginx> {
  const folder = rigFolder('plain-nginx');
  chmodSync(folder, 0o755); // its workers may be another user than its master
  for (const [name, text] of Object.entries(files)) chmodSync(writeInto(folder, name, text), 0o644);
  const port = await freePort();
  const pidFile = join(folder, 'nginx.pid');
  const ownFiles = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join(' ');
  const text = `worker_processes 2;\npid ${pidFile};\nevents {}\nhttp { access_log off; ${ownFiles}\n${http(folder, port)}\n}\n`;
  const argv = [installed('nginx'), '-p', folder, '-e', 'stderr', '-c', writeInto(folder, 'nginx.conf', text)];
  const [command = '', ...args] = argv;
  const process = await startProcess({
    name: 'nginx',
    command,
    args: [...args, '-g', 'daemon off;'],
    folder,
    ready: async () => (await exchange({ host: '127.0.0.1', port }, 'GET\r\n\r\n')).includes('400'),
  });
  return {
    port,
    folder,
    argv,
    pidFile,
    process,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

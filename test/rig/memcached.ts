import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';

/** A real memcached. */
export interface RigMemcached {
  /** `host:port`. */
  readonly address: string;
  readonly process: RunningProcess;
  /** Sends one command in the old protocol and gives all that comes back until the given end. */
  readonly tell: (command: string, end?: RegExp) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts memcached.
 *
 * @param login it then takes commands only from who has said this, in the protocol of lines
 * @param more further arguments, such as `-C`
 */
export async function startMemcached(
  login?: { readonly username: string; readonly password: string },
  more: readonly string[] = [],
): Promise<RigMemcached> {
  const folder = rigFolder('memcached');
  const port = await freePort();
  const authenticated =
    login === undefined ? [] : ['-Y', writeInto(folder, 'users', `${login.username}:${login.password}\n`)];
  const said = login === undefined ? '' : `${login.username} ${login.password}`;
  const first = login === undefined ? '' : `set login 0 0 ${said.length}\r\n${said}\r\n`;
  const tell = (
    command: string,
    end = /(\r\n|^)(END|STORED|NOT_STORED|DELETED|NOT_FOUND|EN|HD|NF|NS|ME .*|ERROR|OK|TOUCHED|\d+)\r\n$/,
  ) => exchange(port, first, command, end);
  const process = await startProcess({
    name: 'memcached',
    command: installed('memcached'),
    // Only root has to say as whom it is to run.
    args: [
      '-u',
      userInfo().username,
      '-l',
      '127.0.0.1',
      '-p',
      String(port),
      '-U',
      '0',
      '-m',
      '16',
      '-t',
      '1',
      ...authenticated,
      ...more,
    ],
    folder,
    ready: async () => (await tell('version', /VERSION .*\r\n$/)) !== '',
  });
  return {
    address: `127.0.0.1:${port}`,
    process,
    tell,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

function exchange(port: number, first: string, command: string, end: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    let ready = first === '';
    const socket = connect(port, '127.0.0.1', () => socket.write(ready ? `${command}\r\n` : first));
    socket.setEncoding('utf8').on('data', (piece: string) => {
      answer += piece;
      if (!ready && answer === 'STORED\r\n') {
        ready = true;
        answer = '';
        socket.write(`${command}\r\n`);
      } else if (ready && end.test(answer)) {
        socket.destroy();
        resolve(answer.trimEnd());
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`memcached said ${answer}`)));
  });
}

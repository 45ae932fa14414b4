import { exchange } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';

/** A real Redis that loses nothing it has acknowledged, in a folder of its own. */
export interface RigRedis {
  readonly url: string;
  readonly port: number;
  readonly process: () => RunningProcess;
  /** kill -9, the data stay. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same data and port. */
  readonly restart: () => Promise<void>;
  /** Stops it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts redis-server with `appendfsync always` and `noeviction`.
 *
 * @param password that it asks for; none without one
 */
export async function startRedis(password = ''): Promise<RigRedis> {
  const folder = rigFolder('redis');
  const port = await freePort();
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: 'redis',
      command: installed('redis-server', 'valkey-server'),
      args: [
        '--bind',
        '127.0.0.1',
        '--port',
        String(port),
        '--dir',
        folder,
        '--appendonly',
        'yes',
        '--appendfsync',
        'always',
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
        ...(password === '' ? [] : ['--requirepass', password]),
      ],
      folder,
      ready: async () =>
        (await exchange({ host: '127.0.0.1', port }, 'PING\r\nQUIT\r\n')).startsWith(
          password === '' ? '+PONG' : '-NOAUTH',
        ),
    });
  let running = await start();
  return {
    url: `redis://${password === '' ? '' : `:${password}@`}127.0.0.1:${port}`,
    port,
    process: () => running,
    kill: () => running.kill(),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      removeFolder(folder);
    },
  };
}

import { Redis } from 'ioredis';
import { exchange } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';

/** A real Redis that is used as a cache: nothing is on disk. */
export interface CacheRedis {
  readonly port: number;
  /** A connection for the test itself. */
  readonly redis: Redis;
  readonly process: () => RunningProcess;
  /** Writes keys that nobody has used for so many seconds, and that live until then, in milliseconds since the epoch. */
  readonly putIdle: (entries: Readonly<Record<string, string>>, idleSeconds: number, until?: number) => Promise<void>;
  /** Kills it and starts it again, empty. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Writes texts as if they had been left alone since (no small numbers: without an eviction policy, all keys that hold the
 * same one share one object, and so one idle time): KEYS are names, ARGV is the seconds, the end of life (0: none), then each one's text.
 */
const PUT_IDLE = `
for i, key in ipairs(KEYS) do
  redis.call('SET', key, ARGV[i + 2])
  local dump = redis.call('DUMP', key)
  redis.call('RESTORE', key, ARGV[2], dump, 'REPLACE', 'ABSTTL', 'IDLETIME', ARGV[1])
end
return 1`;

/**
 * Starts a redis-server without persistence.
 *
 * @param settings further ones, such as `['--maxmemory-policy', 'allkeys-lfu']`
 * @param password wanted of every client
 */
export async function startCacheRedis(settings: readonly string[] = [], password?: string): Promise<CacheRedis> {
  const folder = rigFolder('cache-redis');
  const port = await freePort();
  const secured = password === undefined ? [] : ['--requirepass', password];
  const listen = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: 'cache-redis',
      command: installed('redis-server', 'valkey-server'),
      args: [...listen, '--save', '', '--appendonly', 'no', ...secured, ...settings],
      folder,
      ready: async () => /^(\+PONG|-NOAUTH)/.test(await exchange({ host: '127.0.0.1', port }, 'PING\r\nQUIT\r\n')),
    });
  let running = await start();
  const redis = new Redis({ host: '127.0.0.1', port, ...(password === undefined ? {} : { password }) });
  redis.on('error', () => undefined);
  return {
    port,
    redis,
    process: () => running,
    putIdle: async (entries, idleSeconds, until = 0) => {
      const names = Object.keys(entries);
      await redis.eval(PUT_IDLE, names.length, ...names, idleSeconds, until, ...Object.values(entries));
    },
    restart: async () => {
      await running.kill();
      running = await start();
      await redis.ping();
    },
    stop: async () => {
      redis.disconnect();
      await running.stop();
      removeFolder(folder);
    },
  };
}

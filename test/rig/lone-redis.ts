import { Redis } from 'ioredis';
import { z } from 'zod';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';

/** A real Redis for what belongs to users: nothing on disk, and a connection to look at it. */
export interface LoneRedis {
  readonly host: string;
  readonly port: number;
  readonly process: () => RunningProcess;
  /** A connection for the rig itself, which comes back by itself. */
  readonly client: Redis;
  /** Every key with its kind, value and end (milliseconds since the epoch, -1 for none), in order of the names. */
  readonly dump: () => Promise<[key: string, kind: string, value: string, endsAt: number][]>;
  /** How many changes its data have seen. */
  readonly effects: () => Promise<number>;
  /** kill -9; nothing stays. */
  readonly kill: () => Promise<void>;
  /** Starts it again on its port, empty. */
  readonly restart: () => Promise<void>;
  /** Stops it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** What may be different about one. */
export interface LoneRedisOptions {
  readonly password?: string;
  /** Further lines of its configuration file. */
  readonly settings?: readonly string[];
}

/** Starts a redis-server on a free port, in a folder of its own. */
export async function startLoneRedis({ password, settings = [] }: LoneRedisOptions = {}): Promise<LoneRedis> {
  const folder = rigFolder('lone-redis');
  const port = await freePort();
  const login = password === undefined ? [] : [`requirepass ${password}`];
  const lines = ['bind 127.0.0.1', `port ${port}`, `dir ${folder}`, 'save ""', 'appendonly no', ...login, ...settings];
  const file = writeInto(folder, 'redis.conf', `${lines.join('\n')}\n`);
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    ...(password === undefined ? {} : { password }),
    retryStrategy: () => 50,
    // So that a server that does not come up is an error, and not a test that stands still.
    commandTimeout: 5_000,
    maxRetriesPerRequest: null,
  });
  client.on('error', () => undefined);
  const command = installed('redis-server', 'valkey-server');
  const ready = async () => (await client.ping()) === 'PONG';
  const start = () => startProcess({ name: 'lone-redis', command, args: [file], folder, ready });
  let running = await start();
  return {
    host: '127.0.0.1',
    port,
    process: () => running,
    client,
    dump: () => dump(client),
    effects: async () => {
      const [, changes] = /rdb_changes_since_last_save:(\d+)/.exec(await client.info('persistence')) ?? [];
      return z.coerce.number().parse(changes);
    },
    kill: () => running.kill(),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      client.disconnect();
      await running.stop();
      removeFolder(folder);
    },
  };
}

async function dump(client: Redis): Promise<[string, string, string, number][]> {
  const keys = (await client.keys('*')).toSorted();
  return Promise.all(
    keys.map(async (key): Promise<[string, string, string, number]> => {
      const kind = await client.type(key);
      const value = kind === 'hash' ? sorted(await client.hgetall(key)) : await client.get(key);
      return [key, kind, JSON.stringify(value), await client.pexpiretime(key)];
    }),
  );
}

function sorted(fields: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

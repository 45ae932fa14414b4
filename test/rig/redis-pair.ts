import { Redis } from 'ioredis';
import { installed } from './installed.js';
import { HERE, type Place } from './place.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';
import { waitFor } from './wait-for.js';

/** One server of a pair; it keeps its folder, configuration file and port when it is started again. */
export interface PairedRedis {
  readonly host: string;
  readonly port: number;
  readonly process: () => RunningProcess;
  /** A connection for the rig itself, which waits for the server and comes back by itself. */
  readonly redis: Redis;
  /** What INFO says of replication, by name. */
  readonly replication: () => Promise<ReadonlyMap<string, string>>;
  /** kill -9; data and configuration stay. */
  readonly kill: () => Promise<void>;
  /** Starts it again with whatever its configuration file says by now. */
  readonly restart: () => Promise<void>;
}

/** Two real Redis servers of which b began as a replica of a. */
export interface RedisPair {
  readonly a: PairedRedis;
  readonly b: PairedRedis;
  readonly stop: () => Promise<void>;
}

/** What may be different about a pair. */
export interface PairOptions {
  /** Where the two run; on this machine unless told. */
  readonly places?: { readonly a: Place; readonly b: Place };
  /** Wanted by both servers, of clients and of each other. */
  readonly password?: string;
  /** Further lines of both configuration files. */
  readonly settings?: readonly string[];
  /** False starts both without a file, so that they cannot keep what they are told. */
  readonly configFile?: boolean;
}

const SETTINGS = [
  'save ""',
  'appendonly yes',
  'appendfsync everysec',
  'maxmemory-policy noeviction',
  // A replica that begins from nothing need not wait for others.
  'repl-diskless-sync-delay 0',
  'repl-ping-replica-period 1',
];

/**
 * Starts two real redis-servers, b as a replica of a, each in a folder of its own.
 *
 * @returns once b has everything that a has
 */
export async function startRedisPair(options: PairOptions = {}): Promise<RedisPair> {
  const places = options.places ?? { a: HERE, b: HERE };
  const started: Server[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started) await server.stop();
  };
  try {
    const a = await startServer('redis-a', places.a, options, []);
    started.push(a);
    const b = await startServer('redis-b', places.b, options, [`replicaof ${a.host} ${a.port}`]);
    started.push(b);
    await waitFor(
      'redis-b to follow redis-a',
      async () => (await b.replication()).get('master_link_status') === 'up',
      20_000,
    );
    return { a, b, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Server extends PairedRedis {
  readonly stop: () => Promise<void>;
}

async function startServer(
  name: string,
  place: Place,
  { password, settings = [], configFile = true }: PairOptions,
  own: readonly string[],
): Promise<Server> {
  const folder = rigFolder(name);
  const port = await freePort();
  const login = password === undefined ? [] : [`requirepass ${password}`, `masterauth ${password}`];
  const lines = [`bind ${place.host}`, `port ${port}`, `dir ${folder}`, ...SETTINGS, ...login, ...settings, ...own];
  const file = writeInto(folder, 'redis.conf', `${lines.join('\n')}\n`);
  const program = installed('redis-server', 'valkey-server');
  const [command, ...before] = [...place.through, program];
  const redis = new Redis({
    host: place.host,
    port,
    lazyConnect: true,
    ...(password === undefined ? {} : { password }),
    retryStrategy: () => 50,
    // So that a server that does not come up is an error, and not a test that stands still.
    commandTimeout: 5_000,
    maxRetriesPerRequest: null,
  });
  redis.on('error', () => undefined);
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name,
      command,
      args: [...before, ...(configFile ? [file] : asArguments(lines))],
      folder,
      ready: async () => (await redis.ping()) === 'PONG',
    });
  let running = await start();
  return {
    host: place.host,
    port,
    process: () => running,
    redis,
    replication: async () => fieldsOf(await redis.info('replication')),
    kill: () => running.kill(),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      redis.disconnect();
      await running.stop();
      removeFolder(folder);
    },
  };
}

function asArguments(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [name = '', ...values] = line.split(' ');
    return [`--${name}`, ...values.map((value) => value.replaceAll('"', ''))];
  });
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  const pairs = info.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1)];
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

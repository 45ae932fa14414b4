import { Redis } from 'ioredis';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';
import { waitFor } from './wait-for.js';

/** Several real Redis processes that act as one, by the URL under which Firebreak reaches them. */
export interface RedisGroup {
  readonly url: string;
  readonly processes: readonly RunningProcess[];
  /** Asks one of the servers, by its place among the processes, and gives the raw answer. */
  readonly ask: (server: number, command: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const KEEPING = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];

/** Starts a Cluster of two masters that share the slots. */
export async function startCluster(): Promise<RedisGroup> {
  const ports = [await freeClusterPort(), await freeClusterPort()];
  const group = await startGroup(
    ports.map((port) => ({ port, args: ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', ...KEEPING] })),
  );
  await group.ask(0, 'CLUSTER ADDSLOTSRANGE 0 8191');
  await group.ask(1, 'CLUSTER ADDSLOTSRANGE 8192 16383');
  await group.ask(0, `CLUSTER MEET 127.0.0.1 ${ports[1]}`);
  for (const server of [0, 1]) {
    await waitFor(
      'the Cluster to be whole',
      async () => (await group.ask(server, 'CLUSTER INFO')).includes('cluster_state:ok'),
      20_000,
      100,
    );
  }
  return { ...group, url: `redis://${ports.map((port) => `127.0.0.1:${port}`).join(',')}` };
}

/** Starts a master, its replica and one Sentinel that watches them. */
export async function startSentinel(): Promise<RedisGroup> {
  const [master, replica, sentinel] = [await freePort(), await freePort(), await freePort()];
  const folder = rigFolder('sentinel-config');
  const settings = [
    `port ${sentinel}`,
    `sentinel monitor fb 127.0.0.1 ${master} 1`,
    'sentinel down-after-milliseconds fb 1000',
    'sentinel failover-timeout fb 5000',
  ];
  const file = writeInto(folder, 'sentinel.conf', `${settings.join('\n')}\n`);
  const group = await startGroup([
    { port: master, args: KEEPING },
    { port: replica, args: ['--replicaof', '127.0.0.1', String(master), ...KEEPING] },
    { port: sentinel, args: [file, '--sentinel'] },
  ]);
  await waitFor(
    'the replica to follow',
    async () => (await group.ask(1, 'INFO replication')).includes('master_link_status:up'),
    20_000,
    100,
  );
  await waitFor(
    'Sentinel to know the replica',
    async () => (await group.ask(2, 'SENTINEL REPLICAS fb')).includes(String(replica)),
    20_000,
    100,
  );
  return {
    ...group,
    url: `redis+sentinel://127.0.0.1:${sentinel}/fb`,
    stop: async () => {
      await group.stop();
      removeFolder(folder);
    },
  };
}

interface Member {
  readonly port: number;
  readonly args: readonly string[];
}

async function startGroup(members: readonly Member[]): Promise<RedisGroup> {
  const folders: string[] = [];
  const processes: RunningProcess[] = [];
  for (const { port, args } of members) {
    const folder = rigFolder('redis-group');
    folders.push(folder);
    const isFile = args[0]?.startsWith('/') === true;
    const own = isFile ? [] : ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
    processes.push(
      await startProcess({
        name: `redis-${port}`,
        command: installed('redis-server', 'valkey-server'),
        args: [...args, ...own],
        folder,
        ready: async () => (await tell(port, 'PING')) === '"PONG"',
      }),
    );
  }
  return {
    url: '',
    processes,
    ask: (server, command) => tell(members[server]?.port ?? 0, command),
    stop: async () => {
      for (const one of processes) await one.stop();
      for (const folder of folders) removeFolder(folder);
    },
  };
}

/** A Sentinel knows no QUIT, so that a bare exchange would wait for its end in vain. */
async function tell(port: number, command: string): Promise<string> {
  const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const [name = '', ...args] = command.split(' ');
    return JSON.stringify(await redis.call(name, ...args));
  } finally {
    redis.disconnect();
  }
}

/** A node of a Cluster also listens 10,000 ports higher. */
async function freeClusterPort(): Promise<number> {
  return waitFor(
    'a free port that is low enough',
    async () => {
      const port = await freePort();
      return port < 55_000 && port;
    },
    30_000,
    1,
  );
}

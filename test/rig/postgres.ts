import { chownSync, copyFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { installed } from './installed.js';
import type { Place } from './place.js';
import { asPostgres, runAsPostgres, startKeeper, type Keeper } from './postgres-keeper.js';
import { freePort, removeFolder, rigFolder } from './processes.js';
import { deployFile, projectRoot } from './project.js';
import { waitFor } from './wait-for.js';

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** The passwords of the roles; all roles are on both servers. */
export const ROLES = {
  app: 'app-canary-71c2',
  firebreak: 'firebreak-canary-9d04',
  replicator: 'replicator-canary-3ab8',
};

/** A real PostgreSQL server; its name is its centre's. */
export interface RigPostgres {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** For applications: role `app`, in the cluster's database, which it owns. */
  readonly url: string;
  /** For Firebreak: role `firebreak`, a superuser, in the maintenance database. */
  readonly firebreakUrl: string;
  /** Program and arguments of `deploy/postgres/rejoin` for this server; the name of whom to follow comes after them. */
  readonly rejoin: readonly string[];
  readonly start: () => Promise<void>;
  /** A clean shutdown. */
  readonly stop: () => Promise<void>;
  /** SIGKILL of the server and all its children. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP and SIGCONT of the server and all its children. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly isRunning: () => boolean;
  /** Asks as the superuser through the unix socket, so also when the network is cut or the database is closed. */
  readonly query: (sql: string, database?: string) => Promise<Row[]>;
  /** What the server has printed last. */
  readonly output: (lines?: number) => string;
}

/** A primary (a) and its streaming standby (b). */
export interface PostgresPair {
  readonly cluster: string;
  readonly a: RigPostgres;
  readonly b: RigPostgres;
  /** Keeps the data of both as they are now, for `restore`. */
  readonly keep: () => Promise<void>;
  /** Brings both back to what `keep` kept, whatever became of them. */
  readonly restore: () => Promise<void>;
  /** Waits until b has replayed all that a has. */
  readonly caughtUp: () => Promise<void>;
  /** Stops both and removes their folder. */
  readonly stop: () => Promise<void>;
}

/** What the pair is to be like. */
export interface PairOptions {
  /** Name of the cluster and of its database. */
  readonly cluster: string;
  readonly places: { readonly a: Place; readonly b: Place };
  /** Whether a acknowledges a commit only when b has it on disk. */
  readonly synchronous: boolean;
  readonly ports?: { readonly a: number; readonly b: number };
  /** Where each is reached by the other, when that is not its own address, as through a proxy. */
  readonly reachedAt?: { readonly a: Address; readonly b: Address };
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const SETTINGS = {
  wal_log_hints: 'on', // pg_rewind needs it
  wal_keep_size: '64MB',
  wal_retrieve_retry_interval: '100ms',
  wal_receiver_status_interval: '1s',
  wal_receiver_timeout: '3s',
  wal_sender_timeout: '3s',
  dynamic_shared_memory_type: 'mmap', // leaves nothing in /dev/shm when killed
  shared_buffers: '16MB',
  min_wal_size: '5MB',
  max_prepared_transactions: '10',
  jit: 'off',
  log_line_prefix: '%m %a: ',
};

/** Starts a primary and a standby that streams from it; kill -9 loses nothing that was on disk: fsync is on. */
export async function startPostgresPair(options: PairOptions): Promise<PostgresPair> {
  const { cluster, places } = options;
  const ports = options.ports ?? { a: await freePort(), b: await freePort() };
  const folder = rigFolder('postgres');
  const owner = process.getuid?.() === 0 ? idsOf('postgres') : idsOf(userInfo().username);
  chownSync(folder, owner.uid, owner.gid);
  const at = options.reachedAt ?? {
    a: { host: places.a.host, port: ports.a },
    b: { host: places.b.host, port: ports.b },
  };
  const conninfo = (to: 'a' | 'b', name: string) =>
    `host=${at[to].host} port=${at[to].port} user=replicator password=${ROLES.replicator} application_name=${name} connect_timeout=2`;
  const made = { folder, cluster, owner };
  const a = await makeServer({ ...made, name: 'a', place: places.a, port: ports.a, primary: conninfo('b', 'a') });
  const b = await makeServer({ ...made, name: 'b', place: places.b, port: ports.b, primary: conninfo('a', 'b') });
  const caughtUp = () => waitForReplay(a, b);

  await makePrimary(a, cluster, places.a);
  await runAsPostgres(
    places.b,
    installed('pg_basebackup'),
    '-d',
    conninfo('a', 'b'),
    '-D',
    b.dataDir,
    '-R',
    '-X',
    'stream',
    '-c',
    'fast',
    '-C',
    '-S',
    'b',
    '-N',
  );
  writeFileSync(join(b.dataDir, 'firebreak.conf'), ownSettings(places.b, ports.b, folder));
  await b.start();
  if (options.synchronous) {
    await a.query(`ALTER SYSTEM SET synchronous_standby_names = '"b"'`);
    await a.query('SELECT pg_reload_conf()');
    await waitFor(
      'b to be synchronous',
      async () => (await a.query(`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)).length === 1,
      30_000,
    );
  }
  await caughtUp();
  const both = [a, b];
  const end = () => Promise.all(both.map((one) => one.keeper.end()));
  return {
    cluster,
    a,
    b,
    caughtUp,
    keep: async () => {
      for (const one of both) await one.stop();
      for (const one of both) await runAsPostgres(places.a, 'cp', '-a', one.dataDir, `${one.dataDir}.kept`);
      for (const one of both) await one.start();
      await caughtUp();
    },
    restore: async () => {
      for (const one of both) if (one.isRunning()) await one.kill();
      for (const one of both) {
        await runAsPostgres(places.a, 'rm', '-rf', one.dataDir);
        await runAsPostgres(places.a, 'cp', '-a', `${one.dataDir}.kept`, one.dataDir);
      }
      for (const one of both) await one.start();
      await caughtUp();
    },
    stop: async () => {
      await end();
      removeFolder(folder);
    },
  };
}

interface Making {
  readonly folder: string;
  readonly cluster: string;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly name: string;
  readonly place: Place;
  readonly port: number;
  /** Where it finds the other one when it is to follow it. */
  readonly primary: string;
}

async function makeServer(making: Making): Promise<RigPostgres & { readonly keeper: Keeper }> {
  const { folder, cluster, name, place, port } = making;
  const dataDir = join(folder, name);
  const query = async (sql: string, database = 'postgres'): Promise<Row[]> => {
    const client = new pg.Client({ host: folder, port, user: 'postgres', database, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {}); // it is killed on purpose; the query fails
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const keeper = await startKeeper(name, place, folder, dataDir, async () => (await query('SELECT 1')).length === 1);
  const other = name === 'a' ? 'b' : 'a';
  const settings = join(folder, `${name}.rejoin`);
  const text = [
    `data='${dataDir}'`,
    `bin='${join(realpathSync(installed('postgres')), '..')}'`,
    `stop="'${installed('pg_ctl')}' stop -D '${dataDir}' -m fast -w"`,
    `start="echo start > '${keeper.pipe}'"`,
    `primary_${other}='${making.primary}'`,
    `slot='${name}'`,
  ];
  writeFileSync(settings, `${text.join('\n')}\n`);
  // The project's own folder need not be readable for the server's user.
  const program = join(folder, 'rejoin');
  copyFileSync(join(projectRoot, 'deploy/postgres/rejoin'), program);
  for (const file of [settings, program]) chownSync(file, making.owner.uid, making.owner.gid);
  const { start, stop, kill, freeze, thaw, isRunning, output } = keeper;
  const urlOf = (role: keyof typeof ROLES, database: string) =>
    `postgresql://${role}:${ROLES[role]}@${place.host}:${port}/${database}`;
  return {
    name,
    host: place.host,
    port,
    dataDir,
    url: urlOf('app', cluster),
    firebreakUrl: urlOf('firebreak', 'postgres'),
    rejoin: [...asPostgres(place), 'sh', program, settings],
    keeper,
    query,
    start,
    stop,
    kill,
    freeze,
    thaw,
    isRunning,
    output,
  };
}

async function makePrimary(a: RigPostgres, cluster: string, place: Place): Promise<void> {
  const folder = join(a.dataDir, '..');
  await runAsPostgres(
    place,
    installed('initdb'),
    '-D',
    a.dataDir,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--wal-segsize=1',
    '-N',
  );
  const settings = Object.entries(SETTINGS).map(([name, value]) => `${name} = '${value}'`);
  const files = {
    'postgresql.conf': `${settings.join('\n')}\ninclude 'firebreak.conf'\n`,
    'firebreak.conf': ownSettings(place, a.port, folder),
    'pg_hba.conf': 'local all all trust\nhost all all all scram-sha-256\nhost replication all all scram-sha-256\n',
  };
  const { uid, gid } = statSync(a.dataDir);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(a.dataDir, name), text);
    chownSync(join(a.dataDir, name), uid, gid);
  }
  await a.start();
  await a.query(`CREATE ROLE app LOGIN PASSWORD '${ROLES.app}'`);
  await a.query(deployFile('postgres/roles.sql', {}));
  // Tests meet superusers' sessions too; what the role can do without that, one of them tries.
  await a.query(`ALTER ROLE firebreak SUPERUSER PASSWORD '${ROLES.firebreak}'`);
  await a.query(`ALTER ROLE replicator PASSWORD '${ROLES.replicator}'`);
  await a.query(`CREATE DATABASE "${cluster}" OWNER app`);
}

/** What differs between the two; `pg_rewind` copies this file as well, and `deploy/postgres/rejoin` keeps it. */
function ownSettings(place: Place, port: number, folder: string): string {
  return `listen_addresses = '${place.host}'\nport = ${port}\nunix_socket_directories = '${folder}'\n`;
}

async function waitForReplay(a: RigPostgres, b: RigPostgres): Promise<void> {
  const [row] = await a.query('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  const reached = `SELECT pg_last_wal_replay_lsn() >= '${String(row?.['lsn'])}' AS reached`;
  await waitFor('b to have replayed all of a', async () => (await b.query(reached))[0]?.['reached'] === true, 20_000);
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (what: string) => Number(execFileSync('id', [what, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

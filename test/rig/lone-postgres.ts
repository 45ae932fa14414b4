import { chownSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { installed } from './installed.js';
import { HERE } from './place.js';
import { runAsPostgres, startKeeper } from './postgres-keeper.js';
import type { Row } from './postgres.js';
import { freePort, removeFolder, rigFolder } from './processes.js';

/** A real PostgreSQL without a standby, for a server of the rig that keeps its data in one. */
export interface LonePostgres {
  /** The folder of its unix socket: the only way to it. */
  readonly socketFolder: string;
  /** Part of the socket's name. */
  readonly port: number;
  /** The role that may do anything; it has no password. */
  readonly user: string;
  readonly database: string;
  readonly query: (sql: string, database?: string) => Promise<Row[]>;
  readonly stop: () => Promise<void>;
}

// What it holds is gone with the test anyway.
const SETTINGS = `listen_addresses = ''
fsync = off
full_page_writes = off
dynamic_shared_memory_type = 'mmap'
shared_buffers = '16MB'
jit = off
`;

/** Starts PostgreSQL in a folder of its own, with one empty database. */
export async function startLonePostgres(database: string): Promise<LonePostgres> {
  const folder = rigFolder('lone-postgres');
  const owner = idsOf(process.getuid?.() === 0 ? 'postgres' : userInfo().username);
  chownSync(folder, owner.uid, owner.gid);
  const dataDir = join(folder, 'data');
  const port = await freePort();
  const query = async (sql: string, inside = 'postgres') => {
    const client = new pg.Client({ host: folder, port, user: 'postgres', database: inside });
    client.on('error', () => {}); // the query fails
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await runAsPostgres(HERE, installed('initdb'), '-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N');
  const settings = join(dataDir, 'postgresql.conf');
  const { uid, gid } = statSync(settings);
  writeFileSync(settings, `${SETTINGS}port = ${port}\nunix_socket_directories = '${folder}'\n`);
  chownSync(settings, uid, gid);
  const keeper = await startKeeper('lone', HERE, folder, dataDir, async () => (await query('SELECT 1')).length === 1);
  try {
    await keeper.start();
    await query(`CREATE DATABASE "${database}"`);
  } catch (error) {
    await keeper.end();
    throw error;
  }
  return {
    socketFolder: folder,
    port,
    user: 'postgres',
    database,
    query,
    stop: async () => {
      await keeper.end();
      removeFolder(folder);
    },
  };
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (what: string) => Number(execFileSync('id', [what, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

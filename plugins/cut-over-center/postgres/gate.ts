import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { EffectCall } from '../../../src/plugin-sdk/index.js';
import type { Session, Value } from './server.js';

/** Of a call that may change something: what each write needs. */
export type Writer = Pick<EffectCall<unknown, unknown>, 'fence' | 'signal'>;

/**
 * Makes one write: asks the fence first, and makes sure that nobody has taken back the right to act meanwhile.
 *
 * @param sql must not wait for anything
 */
export async function write(call: Writer, session: Session, sql: string, values: readonly Value[] = []): Promise<void> {
  await call.fence();
  call.signal.throwIfAborted();
  await session.rows(sql, values);
}

const TRIES = 20;
const EVERY_MS = 25;

/**
 * Closes databases of a primary: nobody can connect to them any more, superusers included, and nobody is left in them.
 * Each transaction that was not acknowledged by then never is; what was acknowledged is in the write-ahead log.
 *
 * Why so: `default_transaction_read_only` can be overridden by any session, revoking CONNECT does not hold for superusers
 * and owners, `pg_hba.conf` leaves those alone who are connected, and stopping the server takes away what must be asked
 * now: up to where it has written. This holds over a restart and can be checked; and as it travels to the standby, the
 * standby is closed when it is promoted, until it is opened on purpose.
 *
 * @returns false when somebody is still there after a while: ask again
 */
export async function close(call: Writer, session: Session, databases: readonly string[]): Promise<boolean> {
  for (const name of await openAmong(session, databases)) {
    await write(call, session, `ALTER DATABASE ${pg.escapeIdentifier(name)} WITH ALLOW_CONNECTIONS false`);
  }
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (!(await isOccupied(session, databases))) return true;
    await write(call, session, `SELECT pg_terminate_backend(pid) FROM (${SESSIONS}) AS s`, [databases]);
    await pause(EVERY_MS, undefined, { signal: call.signal });
  }
  return false;
}

/** Opens databases of a primary for everybody. */
export async function open(call: Writer, session: Session, databases: readonly string[]): Promise<void> {
  const isOpen = await openAmong(session, databases);
  for (const name of databases.filter((one) => !isOpen.includes(one))) {
    await write(call, session, `ALTER DATABASE ${pg.escapeIdentifier(name)} WITH ALLOW_CONNECTIONS true`);
  }
}

// Autovacuum comes and goes as it likes, and acknowledges nothing to anybody.
const SESSIONS = `SELECT pid FROM pg_stat_activity WHERE datname = ANY ($1) AND backend_type <> 'autovacuum worker'`;

// A session that is just starting holds this lock from before it looks whether it may connect until it is listed above.
const STARTING = `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.objid
  WHERE l.locktype = 'object' AND l.classid = 'pg_database'::regclass AND l.pid <> pg_backend_pid() AND d.datname = ANY ($1)`;

/** Tells whether somebody is in one of the databases, or on the way in. */
export async function isOccupied(session: Session, databases: readonly string[]): Promise<boolean> {
  const starting = await session.rows(STARTING, [databases]);
  // In this order: who was starting then is listed now.
  const there = await session.rows(SESSIONS, [databases]);
  return starting.length > 0 || there.length > 0;
}

async function openAmong(session: Session, databases: readonly string[]): Promise<string[]> {
  const sql = 'SELECT datname::text AS name FROM pg_database WHERE datallowconn AND datname = ANY ($1) ORDER BY 1';
  return (await session.rows<{ name: string }>(sql, [databases])).map((row) => row.name);
}

import { hasTables, makeTables } from './own-tables.js';
import { positionOf, type Position } from './position.js';
import type { Session } from './server.js';
import { waitsFor } from './sync-names.js';

/** What a primary said of itself, as its standby has it. */
export interface Heartbeat {
  /** Who was the primary. */
  readonly node: string;
  /** When, by the primary's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly position: Position;
  /** How much it wrote at most lately, in bytes a second. */
  readonly rate: number;
  /** `synchronous_standby_names`. */
  readonly names: string;
  /** `synchronous_commit` as sessions get it. */
  readonly commits: string;
  /** Databases and roles for which `synchronous_commit` is set to less. */
  readonly relaxed: readonly string[];
  /** Who was a synchronous standby and streaming. */
  readonly standbys: readonly string[];
}

interface Row {
  readonly node: string;
  readonly at: number;
  readonly position: string;
  readonly rate: number;
  readonly names: string;
  readonly commits: string;
  readonly relaxed: string[];
  readonly standbys: string[];
}

const COLUMNS = `node, extract(epoch FROM at)::float8 * 1000 AS at, position::text AS position, rate, names, commits, relaxed, standbys`;

// One statement, so that what is kept held at one moment. reset_val: what other sessions get, not Firebreak's own.
const WRITE = `
INSERT INTO firebreak.heartbeat AS was
SELECT $1, $2, clock_timestamp(), pg_current_wal_insert_lsn(), 0,
  current_setting('synchronous_standby_names'),
  (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'),
  ARRAY(SELECT coalesce(d.datname::text, '*') || '/' || coalesce(r.rolname::text, '*')
    FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole,
      unnest(s.setconfig) AS c
    WHERE c LIKE 'synchronous_commit=%' AND c NOT IN ('synchronous_commit=on', 'synchronous_commit=remote_apply')),
  ARRAY(SELECT application_name FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum'))
ON CONFLICT (cluster) DO UPDATE SET node = excluded.node, at = excluded.at, position = excluded.position,
  rate = CASE WHEN was.node = excluded.node AND excluded.at > was.at
    THEN greatest(0, was.rate * 0.9, (excluded.position - was.position)::float8 / extract(epoch FROM excluded.at - was.at)::float8)
    ELSE 0 END,
  names = excluded.names, commits = excluded.commits, relaxed = excluded.relaxed, standbys = excluded.standbys
RETURNING ${COLUMNS}`;

/**
 * Writes on the primary what holds there now, for its standby to have when the primary is gone.
 *
 * @param cluster its name
 * @param node the primary's
 */
export async function writeHeartbeat(session: Session, cluster: string, node: string): Promise<Heartbeat> {
  await makeTables(session, (sql) => session.rows(sql));
  const [row] = await session.rows<Row>(WRITE, [cluster, node]);
  if (row === undefined) throw new Error('the heartbeat was not written');
  return { ...row, at: Math.round(row.at), position: positionOf(row.position) };
}

/** Reads the last heartbeat that has arrived; undefined when none has. */
export async function readHeartbeat(session: Session, cluster: string): Promise<Heartbeat | undefined> {
  if (!(await hasTables(session))) return undefined;
  const sql = `SELECT ${COLUMNS} FROM firebreak.heartbeat WHERE cluster = $1`;
  const [row] = await session.rows<Row>(sql, [cluster]);
  return row === undefined ? undefined : { ...row, at: Math.round(row.at), position: positionOf(row.position) };
}

/** Says why a commit could be acknowledged without that standby when the heartbeat was written; undefined when it could not. */
export function acknowledgedWithout(beat: Heartbeat, standby: string): string | undefined {
  if (!waitsFor(beat.names, standby))
    return `synchronous_standby_names of ${beat.node} was '${beat.names}', which does not insist on ${standby}`;
  if (!['on', 'remote_apply'].includes(beat.commits)) return `synchronous_commit of ${beat.node} was ${beat.commits}`;
  if (beat.relaxed.length > 0) return `synchronous_commit is set to less for ${beat.relaxed.join(', ')}`;
  const there = beat.standbys.filter((one) => one === standby).length;
  return there === 1 ? undefined : `${there === 0 ? 'no' : there} synchronous standby ${standby} was streaming`;
}

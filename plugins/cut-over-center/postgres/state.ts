import { PluginError } from '../../../src/plugin-sdk/index.js';
import { later, positionOf, type Position } from './position.js';
import { WRONG_MOMENT } from './server-errors.js';
import type { How, Server, Session } from './server.js';

/** What one server is and has, as it says itself. */
export interface ServerState {
  readonly name: string;
  /** Equal on all copies of one cluster, and on nothing else. */
  readonly system: string;
  /** It replays what another one writes; false: a primary. */
  readonly standby: boolean;
  /** Rises by one with each promotion. */
  readonly timeline: number;
  /** Of the cluster's databases those that let somebody connect. */
  readonly open: readonly string[];
  /** Of the cluster's databases those that are not there. */
  readonly missing: readonly string[];
  /** Databases that applications could use besides: they would stay behind. */
  readonly others: readonly string[];
  /** `synchronous_standby_names` as it holds, and as `ALTER SYSTEM` has set it, if it has. */
  readonly names: string;
  readonly namesSet: string | null;
  /** What the files say of it does not hold yet. */
  readonly namesPending: boolean;
  /** Up to where it has written (a primary) or received and kept (a standby). */
  readonly written: Position;
  /** Of a primary: up to where that is on disk. Of a standby: up to where it has replayed it. */
  readonly settled: Position;
  /** When what a standby has replayed last was committed, in milliseconds since 1970; absent before the first commit. */
  readonly settledAt?: number;
  /** Its own time, in milliseconds since 1970. */
  readonly now: number;
  /** Somebody has paused the replay. */
  readonly paused: boolean;
  /** Of a standby: how long ago it has heard from the one it follows, in milliseconds; absent when it follows nobody. */
  readonly heardAgo?: number;
  /** Of a standby: after how much silence it asks the one that it follows for an answer, in milliseconds. */
  readonly pingsAfter: number;
  /** Of a primary: who follows it. */
  readonly followers: readonly Follower[];
}

/** A standby as its primary sees it. */
export interface Follower {
  readonly name: string;
  readonly streaming: boolean;
  readonly sync: boolean;
  readonly flushed: Position;
  readonly replayed: Position;
}

interface Row {
  readonly system: string;
  readonly standby: boolean;
  readonly timeline: number;
  readonly open: string[];
  readonly missing: string[];
  readonly others: string[];
  readonly names: string;
  readonly names_set: string | null;
  readonly names_pending: boolean;
  readonly written: string;
  readonly settled: string;
  readonly settled_at: number | null;
  readonly now: number;
  readonly paused: boolean;
  readonly heard_ago: number | null;
  readonly pings_after: number;
  readonly followers: readonly {
    readonly name: string;
    readonly streaming: boolean;
    readonly sync: boolean;
    readonly flushed: string;
    readonly replayed: string;
  }[];
}

// Functions of a primary fail on a standby and the other way round: CASE calls only the right ones.
const STATE = `
WITH r AS (SELECT pg_is_in_recovery() AS standby)
SELECT
  (SELECT system_identifier::text FROM pg_control_system()) AS system,
  r.standby,
  CASE WHEN r.standby
    THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
  ARRAY(SELECT datname::text FROM pg_database WHERE datallowconn AND datname = ANY ($1) ORDER BY 1) AS open,
  ARRAY(SELECT d FROM unnest($1::text[]) AS d WHERE d NOT IN (SELECT datname FROM pg_database) ORDER BY 1) AS missing,
  ARRAY(SELECT datname::text FROM pg_database
    WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' AND datname <> ALL ($1) ORDER BY 1) AS others,
  current_setting('synchronous_standby_names') AS names,
  (SELECT setting FROM pg_file_settings WHERE name = 'synchronous_standby_names'
    AND sourcefile LIKE '%/postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1) AS names_set,
  current_setting('synchronous_standby_names') <> coalesce((SELECT setting FROM pg_file_settings
    WHERE name = 'synchronous_standby_names' ORDER BY seqno DESC LIMIT 1), '') AS names_pending,
  CASE WHEN r.standby THEN coalesce(pg_last_wal_receive_lsn(), '0/0') ELSE pg_current_wal_insert_lsn() END::text AS written,
  CASE WHEN r.standby THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_flush_lsn() END::text AS settled,
  CASE WHEN r.standby THEN round(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::float8 END AS settled_at,
  round(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
  CASE WHEN r.standby THEN pg_is_wal_replay_paused() ELSE false END AS paused,
  (SELECT round(extract(epoch FROM clock_timestamp() - last_msg_receipt_time) * 1000)::float8
    FROM pg_stat_wal_receiver WHERE status = 'streaming') AS heard_ago,
  (SELECT coalesce(nullif(setting::float8, 0), 60000) / 2 FROM pg_settings WHERE name = 'wal_receiver_timeout') AS pings_after,
  (SELECT coalesce(json_agg(json_build_object(
      'name', application_name, 'streaming', state = 'streaming', 'sync', sync_state IN ('sync', 'quorum'),
      'flushed', coalesce(flush_lsn, '0/0')::text, 'replayed', coalesce(replay_lsn, '0/0')::text)
      ORDER BY application_name), '[]')
    FROM pg_stat_replication WHERE state <> 'backup') AS followers
FROM r`;

/** Looks at one server. */
export function stateOf(
  server: Server,
  databases: readonly string[],
  signal: AbortSignal,
  how: How = {},
): Promise<ServerState> {
  return server.visit(signal, (session) => readState(session, server.name, databases), how);
}

/**
 * Looks at the server behind a session.
 *
 * @param name the node's
 * @param databases the cluster's
 */
export async function readState(session: Session, name: string, databases: readonly string[]): Promise<ServerState> {
  const ask = () => session.rows<Row>(STATE, [databases]);
  // It may be promoted between two parts of the question.
  const again = (error: unknown) =>
    error instanceof PluginError && error.code === WRONG_MOMENT ? ask() : Promise.reject(error);
  const [row] = await ask().catch(again);
  if (row === undefined) throw new Error(`PostgreSQL ${name} gave no row`);
  const settled = positionOf(row.settled);
  return {
    name,
    system: row.system,
    standby: row.standby,
    timeline: row.timeline,
    open: row.open,
    missing: row.missing,
    others: row.others,
    names: row.names,
    namesSet: row.names_set,
    namesPending: row.names_pending,
    // A standby that was started without its primary has received nothing, and replays what it had.
    written: row.standby ? later(positionOf(row.written), settled) : positionOf(row.written),
    settled,
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
    now: row.now,
    paused: row.paused,
    ...(row.heard_ago === null ? {} : { heardAgo: row.heard_ago }),
    pingsAfter: row.pings_after,
    followers: row.followers.map((one) => ({
      ...one,
      flushed: positionOf(one.flushed),
      replayed: positionOf(one.replayed),
    })),
  };
}

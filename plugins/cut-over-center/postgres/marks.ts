import { write, type Writer } from './gate.js';
import { hasTables, makeTables } from './own-tables.js';
import type { Session } from './server.js';

/** What a catch-up has left on a primary: when the standby has it, it has all that came before as well. */
export interface Mark {
  readonly mark: string;
  /** How long ago it was made, in milliseconds, by the clock of the server that is asked. */
  readonly ago: number;
}

/** Reads the mark of a cluster, from a primary or from a standby; undefined when there is none. */
export async function readMark(session: Session, cluster: string): Promise<Mark | undefined> {
  if (!(await hasTables(session))) return undefined;
  const sql = `SELECT mark, (extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS ago FROM firebreak.mark WHERE cluster = $1`;
  const [row] = await session.rows<{ mark: string; ago: number }>(sql, [cluster]);
  return row;
}

/** Sets the mark of a cluster on a primary, or takes it away. */
export async function setMark(call: Writer, session: Session, cluster: string, mark: string | null): Promise<void> {
  await makeTables(session, (sql) => write(call, session, sql));
  if (mark === null) return write(call, session, 'DELETE FROM firebreak.mark WHERE cluster = $1', [cluster]);
  const sql = `INSERT INTO firebreak.mark VALUES ($1, $2, clock_timestamp())
    ON CONFLICT (cluster) DO UPDATE SET mark = excluded.mark, at = excluded.at`;
  await write(call, session, sql, [cluster, mark]);
}

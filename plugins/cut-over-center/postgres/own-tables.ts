import type { Session } from './server.js';

// One write, so that all of it is there or nothing.
const MAKE = `DO $$ BEGIN
  CREATE SCHEMA IF NOT EXISTS firebreak;
  CREATE TABLE IF NOT EXISTS firebreak.heartbeat (
    cluster text PRIMARY KEY,
    node text NOT NULL,
    at timestamptz NOT NULL,
    position pg_lsn NOT NULL,
    rate float8 NOT NULL,
    names text NOT NULL,
    commits text NOT NULL,
    relaxed text[] NOT NULL,
    standbys text[] NOT NULL);
  CREATE TABLE IF NOT EXISTS firebreak.mark (cluster text PRIMARY KEY, mark text NOT NULL, at timestamptz NOT NULL);
END $$`;

/** Tells whether Firebreak's own tables are in the maintenance database behind the session. */
export async function hasTables(session: Session): Promise<boolean> {
  const [row] = await session.rows<{ there: boolean }>(
    `SELECT to_regclass('firebreak.heartbeat') IS NOT NULL AND to_regclass('firebreak.mark') IS NOT NULL AS there`,
  );
  return row?.there === true;
}

/**
 * Makes Firebreak's own tables on a primary, unless they are there; they reach the standby like everything else.
 *
 * @param run makes one write
 */
export async function makeTables(session: Session, run: (sql: string) => Promise<unknown>): Promise<void> {
  if (await hasTables(session)) return;
  try {
    await run(MAKE);
  } catch (error) {
    // Two at once: IF NOT EXISTS does not hold for both.
    if (!(await hasTables(session))) throw error;
  }
}

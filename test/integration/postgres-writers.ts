import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresPair } from '../rig/postgres.js';

/** A row that its server has acknowledged. */
export interface Acknowledged {
  readonly row: string;
  readonly side: 'a' | 'b';
  /** By this process' clock, in milliseconds since 1970. */
  readonly at: number;
}

/** Clients that insert row after row, wherever they get in, and remember what was acknowledged to them. */
export interface Writers {
  readonly log: readonly Acknowledged[];
  /** How many were acknowledged by one side. */
  readonly countOn: (side: 'a' | 'b') => number;
  readonly stop: () => Promise<void>;
}

/** Makes the table that the writers fill. */
export async function makeTable(pair: PostgresPair): Promise<void> {
  await pair.a.query(
    'CREATE TABLE acknowledged (row text PRIMARY KEY); ALTER TABLE acknowledged OWNER TO app',
    pair.cluster,
  );
  await pair.caughtUp();
}

/** Starts that many clients of the application, which try a first. */
export function startWriters(pair: PostgresPair, count = 10, name = 'w'): Writers {
  const log: Acknowledged[] = [];
  const stopping = new AbortController();
  const all = Promise.all(
    Array.from({ length: count }, (_, i) => keepWriting(pair, `${name}${i}`, log, stopping.signal)),
  );
  return {
    log,
    countOn: (side) => log.filter((one) => one.side === side).length,
    stop: async () => {
      stopping.abort();
      await all;
    },
  };
}

/** Gives the acknowledged rows that a server does not have. */
export async function missingOn(
  node: PostgresPair['a'],
  cluster: string,
  log: readonly Acknowledged[],
): Promise<Acknowledged[]> {
  const there = new Set((await node.query('SELECT row FROM acknowledged', cluster)).map((row) => row['row']));
  return log.filter((one) => !there.has(one.row));
}

async function keepWriting(pair: PostgresPair, name: string, log: Acknowledged[], signal: AbortSignal): Promise<void> {
  let n = 0;
  for (let side: 'a' | 'b' = 'a'; !signal.aborted; side = side === 'a' ? 'b' : 'a') {
    const client = new pg.Client({
      connectionString: pair[side].url,
      connectionTimeoutMillis: 1_000,
      query_timeout: 3_000,
    });
    client.on('error', () => {}); // whoever waits for an answer is told as well
    try {
      await client.connect();
      while (!signal.aborted) {
        n += 1;
        await client.query('INSERT INTO acknowledged VALUES ($1)', [`${name}-${n}`]);
        log.push({ row: `${name}-${n}`, side, at: Date.now() });
      }
    } catch {
      // Closed, killed, a standby, or too slow: nothing was acknowledged, so try the other side with the next row.
      await pause(10);
    } finally {
      client.end().catch(() => {});
    }
  }
}

import type { Change } from '../../../src/plugin-sdk/index.js';
import { resourceOf } from './changes.js';
import type { Pair } from './pair.js';

/** Attribute of a cluster: how many tables PostgreSQL does not copy, and empties when the standby is promoted. */
const UNLOGGED = 'unlogged tables emptied by the promotion';

const COUNT = `SELECT count(*)::int AS n FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'`;

/** What a plan says of tables that are not copied. */
export interface Unlogged {
  readonly changes: readonly Change[];
  /** Why a person must agree; absent when nobody must. */
  readonly asks?: string;
  /** Which databases could not be looked into, because they are closed. */
  readonly uncounted: readonly string[];
}

/** Counts the tables whose rows never leave the primary, by the catalogue of whoever can be asked: that is copied. */
export async function countUnlogged(signal: AbortSignal, { cluster, from, to }: Pair): Promise<Unlogged> {
  const asked = from ?? to;
  const visit = (database: string) =>
    cluster.server(asked.name).visit(signal, (session) => session.rows<{ n: number }>(COUNT), { database });
  const counted = await Promise.all(asked.open.map(async (database) => (await visit(database))[0]?.n ?? 0));
  const count = counted.reduce((sum, one) => sum + one, 0);
  const uncounted = cluster.databases.filter((one) => !asked.open.includes(one));
  if (count === 0) return { changes: [], uncounted };
  const what = count === 1 ? '1 unlogged table' : `${count} unlogged tables`;
  return {
    changes: [{ resource: resourceOf(cluster.name), attribute: UNLOGGED, from: 0, to: count }],
    asks: `${what} of ${cluster.name} will be empty on ${to.name}, because PostgreSQL copies no unlogged table: ALTER TABLE ... SET LOGGED those whose rows matter`,
    uncounted,
  };
}

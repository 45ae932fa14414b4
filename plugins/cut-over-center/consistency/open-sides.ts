import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Session } from '../postgres/server.js';
import type { TableConfig } from './config.js';
import type { ComparedConfig, ConsistencySystem } from './kit.js';
import type { Params } from './params.js';
import { AS_TEXT, PostgresSides, type Question } from './postgres-sides.js';
import { RedisSides } from './redis-sides.js';
import type { Side, Sides } from './sides.js';

/**
 * Connects to both sides, lends them and disconnects.
 *
 * @throws PluginError when a side can't be reached, or refuses
 */
export function withSides<T>(
  client: ConsistencySystem,
  config: ComparedConfig,
  params: Params,
  signal: AbortSignal,
  work: (sides: Sides) => Promise<T>,
): Promise<T> {
  return params.kind === 'redis'
    ? withRedis(client, params, signal, work)
    : withPostgres(client, config.consistency?.tables[params.cluster] ?? [], params, signal, work);
}

function withRedis<T>(
  client: ConsistencySystem,
  params: Params,
  signal: AbortSignal,
  work: (sides: Sides) => Promise<T>,
): Promise<T> {
  const cluster = client.redis.get(params.cluster);
  return cluster.node(params.here).use(signal, (here) =>
    cluster.node(params.there).use(signal, async (there) => {
      // Looking must not make keys young that nobody uses; older servers do not know it, and then it does.
      await Promise.allSettled([here, there].map((one) => one.call('CLIENT', 'NO-TOUCH', 'ON')));
      return work(new RedisSides({ here, there }, Date.now));
    }),
  );
}

/** One connection for each database on each side: opened one inside the other, so that all of them are closed again. */
async function withPostgres<T>(
  client: ConsistencySystem,
  tables: readonly TableConfig[],
  params: Params,
  signal: AbortSignal,
  work: (sides: Sides) => Promise<T>,
): Promise<T> {
  const cluster = client.postgres.get(params.cluster);
  const preset = cluster.databases[0] ?? '';
  const databaseOf = (table: TableConfig): string => table.database ?? preset;
  const wanted = [...new Set(tables.map(databaseOf))].flatMap((database) => [
    { side: 'here' as const, node: params.here, database },
    { side: 'there' as const, node: params.there, database },
  ]);
  const sessions = new Map<string, Session>();
  const question = (side: Side, table: TableConfig): Question => {
    const session = sessions.get(`${side} ${databaseOf(table)}`);
    if (session === undefined) throw new PluginError('unknown-name', `no connection for ${table.table}`, false);
    return (sql, values) => session.rows(sql, values);
  };
  const open = async (rest: typeof wanted): Promise<T> => {
    const [next, ...others] = rest;
    if (next === undefined) return work(new PostgresSides(tables, question));
    return cluster.server(next.node).visit(
      signal,
      async (session) => {
        for (const setting of AS_TEXT) await session.rows(setting);
        sessions.set(`${next.side} ${next.database}`, session);
        return open(others);
      },
      { database: next.database },
    );
  };
  return open(wanted);
}

import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Change, Json, PluginLog } from '../../src/plugin-sdk/index.js';
import { describeActionContract, type ActionWorld } from '../../src/testing/action-contract.js';
import plugin from '../../plugins/cut-over-center/index.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';
import { freePort } from '../rig/processes.js';
import { cutOver, movesOf, pluginFor } from './postgres-subject.js';

vi.setConfig({ testTimeout: 60_000 });

const move = { cluster: 'orders', from: 'a', to: 'b' };
const names = ['', '*', 'A', 'a b', "a'", '../a', '{{7*7}}', 'a\0', 'x'.repeat(10_000), 'c', 7, null];
const nonsenseOf = (params: { [name: string]: Json }): Json[] => [
  null,
  {},
  { ...params, url: 'postgresql://elsewhere' },
  ...Object.keys(params).flatMap((name) => names.map((value) => ({ ...params, [name]: value }))),
];
const moves: Json[] = [...nonsenseOf(move), { ...move, to: 'a' }];
const waits: Json[] = [
  ...moves,
  ...['', '-1s', 'soon', '0', 5].map((within) => ({ ...move, within })),
  ...['', '-1B', 'MiB', '1 TB', '1s; DROP', 5].map((most) => ({ ...move, most })),
];

describe('the actions on PostgreSQL against a real pair', () => {
  let pair: PostgresPair;
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: true });
    await pair.a.query(`ALTER SYSTEM SET log_statement = 'all'`);
    await pair.b.query(`ALTER SYSTEM SET log_statement = 'all'`);
    await pair.keep();
  }, 60_000);
  afterAll(() => pair?.stop());

  /** What the actions could change: roles, doors, settings; without Firebreak's own notes. */
  async function read(): Promise<Json> {
    const sql = `SELECT pg_is_in_recovery() AS standby,
      (SELECT datallowconn FROM pg_database WHERE datname = 'orders') AS open,
      current_setting('synchronous_standby_names') AS names,
      (SELECT count(*)::int FROM pg_stat_activity WHERE datname = 'orders' AND backend_type = 'client backend') AS sessions`;
    const of = async (node: PostgresPair['a']) => JSON.parse(JSON.stringify(await node.query(sql))) as Json;
    return [await of(pair.a), await of(pair.b)];
  }

  async function world(
    log: PluginLog,
  ): Promise<Pick<ActionWorld, 'plugin' | 'unreachable' | 'close' | 'read' | 'effects'>> {
    const port = await freePort();
    const node = { host: '127.0.0.1', port, password: 'canary-f00d' };
    const nowhere = { postgres: { clusters: { orders: { database: 'orders', nodes: { a: node, b: node } } } } };
    return {
      plugin: pluginFor(pair, log),
      unreachable: plugin.instantiate(nowhere, log),
      read,
      effects: () => writesIn(pair.a.output(Infinity)) + writesIn(pair.b.output(Infinity)),
      close: async () => {},
    };
  }

  /** Does something slow only when what it brought about is no longer so: most clauses change nothing in the end. */
  function unlessStill(what: () => Promise<void>): () => Promise<void> {
    let after: Json | undefined;
    return async () => {
      if (after !== undefined && isDeepStrictEqual(await read(), after)) return;
      await what();
      after = await read();
    };
  }

  const caughtUp = async (sql: string) => {
    await pair.a.query(sql);
    await pair.caughtUp();
  };
  const fenced: Change[] = [{ resource: 'postgres/orders/a', attribute: 'writes', from: 'open', to: 'closed' }];

  describeActionContract('postgres-fence', {
    action: 'postgres-fence',
    world: async (log) => ({
      ...(await world(log)),
      params: move,
      nonsense: moves,
      reset: () => caughtUp('ALTER DATABASE orders ALLOW_CONNECTIONS true'),
    }),
  });

  describeActionContract('postgres-catch-up', {
    action: 'postgres-catch-up',
    world: async (log) => ({
      ...(await world(log)),
      params: move,
      earlier: fenced,
      nonsense: waits,
      // What it leaves behind is a mark.
      read: async () => {
        await pair.caughtUp();
        const marks = `SELECT mark FROM firebreak.mark`;
        return JSON.parse(JSON.stringify([await pair.a.query(marks), await pair.b.query(marks)])) as Json;
      },
      reset: async () => {
        const { fence, catchUp } = movesOf(pluginFor(pair), 'orders', 'a', 'b');
        await fence.apply((await fence.plan()).before);
        await catchUp.apply((await catchUp.plan()).before);
        await caughtUp('DELETE FROM firebreak.mark');
      },
    }),
  });

  describeActionContract('postgres-promote', {
    action: 'postgres-promote',
    world: async (log) => ({
      ...(await world(log)),
      params: move,
      earlier: fenced,
      nonsense: waits,
      reset: unlessStill(async () => {
        await pair.restore();
        await caughtUp('ALTER DATABASE orders ALLOW_CONNECTIONS false');
      }),
    }),
  });

  describeActionContract('postgres-rejoin', {
    action: 'postgres-rejoin',
    world: async (log) => ({
      ...(await world(log)),
      params: { cluster: 'orders', node: 'a', follow: 'b' },
      nonsense: nonsenseOf({ cluster: 'orders', node: 'a', follow: 'b' }),
      reset: unlessStill(async () => {
        await pair.restore();
        await cutOver(pluginFor(pair), 'orders', 'a', 'b');
      }),
    }),
  });

  it('writes are counted: the logs of both servers show some', () => {
    for (const node of [pair.a, pair.b]) expect(writesIn(node.output(Infinity))).toBeGreaterThan(10);
  });
});

/** Counts what Firebreak has written, by the log of a server. */
function writesIn(log: string): number {
  return (
    log.match(
      / firebreak: LOG:\s+\w[^:]*:\s+(ALTER|DO|INSERT|DELETE|SELECT pg_(promote|reload_conf|terminate_backend))/g,
    )?.length ?? 0
  );
}

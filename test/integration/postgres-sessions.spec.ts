import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';
import { cutOver, measure, movesOf, pluginFor, refusalOf, standing, stepOf } from './postgres-subject.js';
import { makeTable } from './postgres-writers.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('who is connected to PostgreSQL while it is fenced', () => {
  let pair: PostgresPair;
  let plugin: PluginInstance;
  let clients: pg.Client[];
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: true });
    await makeTable(pair);
    await pair.keep();
  });
  beforeEach(async () => {
    await pair.restore();
    plugin = pluginFor(pair);
    clients = [];
    return () => Promise.all(clients.map((client) => client.end().catch(() => {})));
  });
  afterAll(() => pair?.stop());

  it('with writes in an open transaction: they are rolled back, and COMMIT is not acknowledged', async () => {
    const client = await connected(pair.a.url);
    await client.query('BEGIN');
    await client.query(`INSERT INTO acknowledged VALUES ('half done')`);
    await cutOver(plugin, 'orders', 'a', 'b');
    await expect(client.query('COMMIT')).rejects.toThrow();
    expect(await pair.b.query('SELECT * FROM acknowledged', 'orders')).toEqual([]);
    expect(await pair.a.query(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = 'orders'`)).toEqual([
      { n: 0 },
    ]);
  });

  it('with a prepared transaction: it is committed on the new primary', async () => {
    const client = await connected(pair.a.url);
    await client.query('BEGIN');
    await client.query(`INSERT INTO acknowledged VALUES ('prepared')`);
    await client.query(`PREPARE TRANSACTION 'two-phase'`);
    await cutOver(plugin, 'orders', 'a', 'b');
    const other = await connected(pair.b.url);
    await other.query(`COMMIT PREPARED 'two-phase'`);
    expect((await other.query('SELECT row FROM acknowledged')).rows).toEqual([{ row: 'prepared' }]);
  });

  it('as a superuser: the fence holds for it too, and for whoever asks for a session that may write', async () => {
    const url = pair.a.firebreakUrl.replace(/postgres$/, 'orders');
    const root = await connected(url);
    const { fence } = movesOf(plugin, 'orders', 'a', 'b');
    const { before } = await fence.plan();
    await fence.apply(before);
    await expect(root.query(`INSERT INTO acknowledged VALUES ('root')`)).rejects.toThrow();
    await expect(connected(url)).rejects.toThrow('not currently accepting connections');
    await expect(connected(`${pair.a.url}?options=-c%20default_transaction_read_only%3Doff`)).rejects.toThrow(
      'not currently accepting',
    );
    expect(await fence.verify(before)).toBe(true);
    await fence.revert(before);
    await (await connected(url)).query(`INSERT INTO acknowledged VALUES ('root')`);
  });

  it('and comes in droves: whoever gets in at the last moment is put out as well', async () => {
    const { fence } = movesOf(plugin, 'orders', 'a', 'b');
    const { before } = await fence.plan();
    const knocking = new AbortController();
    const droves = Promise.all(Array.from({ length: 20 }, () => knock(knocking.signal)));
    await fence.apply(before);
    expect(
      await pair.a.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = 'orders' AND backend_type = 'client backend' AND state IS NOT NULL`,
      ),
    ).toEqual([]);
    knocking.abort();
    await droves;
    expect(await standing(pair)).toMatchObject({ a: 'primary, closed' });
  });

  it('is not opened again once the other side was promoted', async () => {
    const { fence, promote } = movesOf(plugin, 'orders', 'a', 'b');
    const [closing, promotion] = [await fence.plan(), await promote.plan()];
    await fence.apply(closing.before);
    await promote.apply(promotion.before);
    expect(await refusalOf(fence.revert(closing.before))).toBe('second-primary');
    expect(await standing(pair)).toEqual({ a: 'primary, closed', b: 'primary, open' });
  });

  it('is not fenced when a database would stay behind, when nobody follows, or when the two are strangers', async () => {
    const { fence } = movesOf(plugin, 'orders', 'a', 'b');
    await pair.a.query('CREATE DATABASE billing');
    expect(await refusalOf(fence.plan())).toBe('other-databases');
    await pair.a.query('DROP DATABASE billing');
    expect(await movesOf(plugin, 'orders', 'b', 'a').fence.check(), 'a serves already').toBe(false);
    await pair.b.stop();
    expect(await refusalOf(fence.plan())).toBe('target-unreachable');
    const stranger = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: false });
    try {
      const mixed = pluginFor({ ...pair, b: stranger.b });
      for (const step of Object.values(movesOf(mixed, 'orders', 'a', 'b')))
        expect(await refusalOf(step.plan())).toBe('not-the-same-cluster');
    } finally {
      await stranger.stop();
    }
  });

  it('is cut over by a role that is no superuser, which says so when it may not end the session of one', async () => {
    await pair.a.query('ALTER ROLE firebreak NOSUPERUSER');
    await pair.a.query("CREATE ROLE root LOGIN SUPERUSER PASSWORD 'root'");
    await pair.caughtUp();
    const root = await connected(pair.a.url.replace(/app:[^@]*/, 'root:root'));
    const { fence } = movesOf(plugin, 'orders', 'a', 'b');
    const { before } = await fence.plan();
    expect(await refusalOf(fence.apply(before))).toBe('not-permitted');
    await fence.revert(before);
    await root.end();
    await cutOver(plugin, 'orders', 'a', 'b');
    const rejoin = stepOf(plugin, 'postgres-rejoin', { cluster: 'orders', node: 'a', follow: 'b' });
    await rejoin.apply((await rejoin.plan()).before);
    expect(await measure(plugin, { cluster: 'orders' })).toMatchObject({
      status: 'healthy',
      values: { synchronous: 1 },
    });
  });

  async function connected(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 5_000 });
    client.on('error', () => {}); // whoever waits for an answer is told as well
    await client.connect();
    clients.push(client);
    return client;
  }

  /** Connects again and again, and stays as long as it may. */
  async function knock(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const client = await connected(pair.a.url).catch(() => undefined);
      if (client === undefined) continue;
      await client.query('SELECT pg_sleep(0.2)').catch(() => {});
    }
  }
});

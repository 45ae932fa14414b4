import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/cut-over-center/index.js';
import type { Json, Measurement } from '../../src/plugin-sdk/index.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';

const params = {
  kind: 'postgres',
  cluster: 'shop',
  within: '1h',
  settle: '50ms',
  slice: '5s',
  keysPerSecond: 1_000_000,
};
const tables = [
  { table: 'public.orders', key: ['id'] },
  { table: 'public.Items "of" orders', key: ['order', 'key'] },
  { table: 'public.empty', key: ['id'] },
];

let pair: PostgresPair;
beforeAll(async () => {
  pair = await startPostgresPair({ cluster: 'shop', places: { a: HERE, b: HERE }, synchronous: false });
  await pair.a.query(
    `CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz, price float8, note text);
     CREATE TABLE "Items ""of"" orders" ("order" bigint, key int, note text COLLATE "und-x-icu", amount int, PRIMARY KEY ("order", key));
     CREATE TABLE empty (id uuid PRIMARY KEY)`,
    'shop',
  );
});
afterAll(() => pair?.stop());
beforeEach(async () => {
  await pair.b.query('SELECT pg_wal_replay_resume()');
  await pair.a.query(
    `TRUNCATE orders, "Items ""of"" orders";
     INSERT INTO orders SELECT i, now(), i / 7.0, 'note ' || i FROM generate_series(-500, 499) i;
     INSERT INTO "Items ""of"" orders" SELECT i % 100 - 50, i, 'Ä' || i, i FROM generate_series(1, 700) i;
     ANALYZE`,
    'shop',
  );
  await pair.caughtUp();
});

async function measure(given: Json = params): Promise<Measurement> {
  const log = { info: () => {}, warn: () => {} };
  const nodes = { a: { url: pair.a.firebreakUrl }, b: { url: pair.b.firebreakUrl } };
  const config = {
    postgres: { clusters: { shop: { database: 'shop', nodes } } },
    consistency: { tables: { shop: tables } },
  };
  const instance = plugin.instantiate(config, log);
  const probe = instance.provided.probes?.['consistency'];
  if (probe === undefined) throw new Error('the plugin has no consistency');
  return probe.measure({ signal: new AbortController().signal, log }, given);
}

describe('cut-over-center/consistency on a real PostgreSQL pair', () => {
  it('finds both sides the same, row by row', async () => {
    expect(await measure()).toMatchObject({
      status: 'healthy',
      values: { match: 1_700, mismatch: 0, missingHere: 0, missingThere: 0 },
    });
  });

  it('D7: finds what is different or missing, and names the first rows', async () => {
    await pair.b.query('SELECT pg_wal_replay_pause()');
    await pair.a.query(
      `UPDATE orders SET price = price + 1e-9 WHERE id = 77;
       DELETE FROM orders WHERE id IN (-500, 499);
       INSERT INTO "Items ""of"" orders" VALUES (5, -3, 'new', 1)`,
      'shop',
    );
    const measured = await measure();
    expect(measured).toMatchObject({
      status: 'unhealthy',
      values: { match: 1_697, mismatch: 1, missingHere: 2, missingThere: 1 },
    });
    expect(measured.detail).toContain('1 different ("public.orders 77")');
    expect(measured.detail).toContain('1 missing there ("public.Items \\"of\\" orders 5, -3")');
    expect(measured.detail).toContain('2 missing here ("public.orders -500", "public.orders 499")');
  });

  it('says which table it cannot read', async () => {
    await pair.a.query('DROP TABLE empty', 'shop');
    await pair.caughtUp();
    await expect(measure()).rejects.toThrow(/empty/);
  });
});

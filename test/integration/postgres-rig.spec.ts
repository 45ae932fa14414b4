import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import pg from 'pg';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('the pair of PostgreSQL servers of the rig', () => {
  let pair: PostgresPair;
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: true });
    await pair.keep();
  }, 60_000);
  afterAll(() => pair?.stop());

  it('is a primary and its synchronous standby', async () => {
    const [row] = await pair.a.query('SELECT application_name, state, sync_state FROM pg_stat_replication');
    expect(row).toEqual({ application_name: 'b', state: 'streaming', sync_state: 'sync' });
  });

  it('lets an application write, and Firebreak in as a superuser', async () => {
    const app = new pg.Client(pair.a.url);
    await app.connect();
    await app.query('CREATE TABLE t (n int)');
    await app.query('INSERT INTO t VALUES (1)');
    await app.end();
    expect(await pair.b.query('SELECT n FROM t', 'orders')).toEqual([{ n: 1 }]);
    const firebreak = new pg.Client(pair.b.firebreakUrl);
    await firebreak.connect();
    expect((await firebreak.query('SHOW is_superuser')).rows).toEqual([{ is_superuser: 'on' }]);
    await firebreak.end();
  });

  it('is killed with all its children, and comes back with its data', async () => {
    await pair.a.kill();
    expect(pair.a.isRunning()).toBe(false);
    await pair.a.start();
    expect(await pair.a.query('SELECT n FROM t', 'orders')).toEqual([{ n: 1 }]);
  });

  it('goes back to what was kept, whatever became of it', async () => {
    await pair.b.query('SELECT pg_promote()');
    await pair.restore();
    expect(await pair.b.query('SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }]);
    await expect(pair.a.query('SELECT n FROM t', 'orders')).rejects.toThrow('does not exist');
  });

  it('leaves nothing behind', async () => {
    await pair.stop();
    expect(existsSync(pair.a.dataDir)).toBe(false);
    expect(pair.a.isRunning() || pair.b.isRunning()).toBe(false);
  });
});

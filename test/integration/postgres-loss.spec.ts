import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';
import { waitFor } from '../rig/wait-for.js';
import { cutOver, measure, movesOf, planAll, pluginFor, refusalOf, standing, stepOf } from './postgres-subject.js';
import { makeTable, missingOn, startWriters, type Writers } from './postgres-writers.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('PostgreSQL with a synchronous standby', () => {
  let pair: PostgresPair;
  let plugin: PluginInstance;
  let writers: Writers | undefined;
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: true });
    await makeTable(pair);
    await pair.keep();
  });
  beforeEach(async () => {
    await pair.restore();
    plugin = pluginFor(pair);
    return async () => {
      await writers?.stop();
      writers = undefined;
    };
  });
  afterAll(() => pair?.stop());

  it('I9: is cut over under load: no acknowledged row is missing, and the two sides never acknowledge at once', async () => {
    writers = startWriters(pair);
    await acknowledgedOn('a', 200);
    await cutOver(plugin, 'orders', 'a', 'b');
    await acknowledgedOn('b', 200);
    await writers.stop();
    expect(await missingOn(pair.b, 'orders', writers.log)).toEqual([]);
    const last = Math.max(...writers.log.filter((one) => one.side === 'a').map((one) => one.at));
    const first = Math.min(...writers.log.filter((one) => one.side === 'b').map((one) => one.at));
    expect(last).toBeLessThanOrEqual(first);
  });

  it('I9: loses no acknowledged row when the primary is killed, and no person is asked', async () => {
    writers = startWriters(pair);
    await acknowledgedOn('a', 100);
    await measure(plugin, { cluster: 'orders' });
    await pair.a.kill();
    const plans = await cutOver(plugin, 'orders', 'a', 'b');
    expect(plans.map((plan) => plan.asks)).toEqual([undefined, undefined, undefined]);
    expect(plans[0]?.changes).toEqual([
      { resource: 'postgres/orders/a', attribute: 'writes', from: 'unreachable', to: 'isolated' },
    ]);
    await acknowledgedOn('b', 100);
    await writers.stop();
    expect(await missingOn(pair.b, 'orders', writers.log)).toEqual([]);
    const rejoin = stepOf(plugin, 'postgres-rejoin', { cluster: 'orders', node: 'a', follow: 'b' });
    const moves = Object.values(movesOf(plugin, 'orders', 'a', 'b'));
    expect(await Promise.all(moves.map((move) => move.check())), 'nothing is left to do').toEqual([
      false,
      false,
      false,
    ]);
    await rejoin.apply((await rejoin.plan()).before);
    expect(await standing(pair), 'it was down, and comes back as a replica').toEqual({
      a: 'standby, open',
      b: 'primary, open',
    });
  });

  it('I9: a killed primary that is started again acknowledges nothing, and comes back as a replica', async () => {
    writers = startWriters(pair);
    await acknowledgedOn('a', 100);
    await measure(plugin, { cluster: 'orders' });
    await pair.a.kill();
    await cutOver(plugin, 'orders', 'a', 'b');
    await acknowledgedOn('b', 100);
    await pair.a.start();
    const late = startWriters(pair, 3, 'late');
    await waitFor(
      'somebody to wait on a in vain',
      async () => (await pair.a.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)).length > 0,
      30_000,
    );
    expect(await standing(pair)).toEqual({ a: 'primary, open', b: 'primary, open' });
    expect(await measure(plugin, { cluster: 'orders' })).toMatchObject({
      status: 'unhealthy',
      detail: 'b and a are both primaries and open',
    });

    const rejoin = stepOf(plugin, 'postgres-rejoin', { cluster: 'orders', node: 'a', follow: 'b' });
    const { before, asks } = await rejoin.plan();
    expect(asks).toBeUndefined();
    await rejoin.apply(before);
    expect(await rejoin.verify(before)).toBe(true);
    await waitFor('those to be served by b', () => late.countOn('b') > 10, 30_000);
    await Promise.all([writers.stop(), late.stop()]);
    expect(late.countOn('a')).toBe(0);
    expect(await missingOn(pair.b, 'orders', [...writers.log, ...late.log])).toEqual([]);
    expect(await standing(pair)).toEqual({ a: 'standby, open', b: 'primary, open' });
    await waitFor(
      'a to have all of b',
      async () => (await missingOn(pair.a, 'orders', writers?.log ?? [])).length === 0,
      30_000,
    );
  });

  it('I9: a primary that was frozen and thaws after the cut-over acknowledges nothing that the new one lacks', async () => {
    writers = startWriters(pair);
    await acknowledgedOn('a', 100);
    await measure(plugin, { cluster: 'orders' });
    pair.a.freeze();
    const plans = await cutOver(plugin, 'orders', 'a', 'b');
    expect(plans.map((plan) => plan.asks)).toEqual([undefined, undefined, undefined]);
    await acknowledgedOn('b', 1);
    pair.a.thaw();
    await acknowledgedOn('b', 100);
    await writers.stop();
    expect(await missingOn(pair.b, 'orders', writers.log)).toEqual([]);
  });

  it('is not promoted on the word of a heartbeat that does not insist on the standby', async () => {
    await pair.a.query(`ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (b, c)'`);
    await pair.a.query('SELECT pg_reload_conf()');
    await waitFor(
      'the setting',
      async () => (await pair.a.query('SHOW synchronous_standby_names'))[0]?.['synchronous_standby_names'] !== '"b"',
      30_000,
    );
    await measure(plugin, { cluster: 'orders' });
    await pair.a.kill();
    const { fence } = movesOf(plugin, 'orders', 'a', 'b');
    const plan = await fence.plan();
    expect(plan.asks).toContain("synchronous_standby_names of a was 'ANY 1 (b, c)', which does not insist on b");
  });

  it('finds the primary back between plan and promotion: it is closed first, and nothing written there is lost', async () => {
    await measure(plugin, { cluster: 'orders' });
    await pair.a.kill();
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const steps = [moves.fence, moves.catchUp, moves.promote];
    const plans = await planAll(steps);
    await pair.a.start();
    writers = startWriters(pair);
    await acknowledgedOn('a', 50);
    await moves.promote.apply(plans[2]?.before ?? null);
    await acknowledgedOn('b', 50);
    await writers.stop();
    expect(await standing(pair)).toEqual({ a: 'primary, closed', b: 'primary, open' });
    expect(await missingOn(pair.b, 'orders', writers.log)).toEqual([]);
  });

  it('that lags is refused, and nothing has changed', async () => {
    const { fence, catchUp, promote } = movesOf(plugin, 'orders', 'a', 'b', { most: '1s' });
    await pair.b.query('SELECT pg_wal_replay_pause()');
    await pair.a.query(`INSERT INTO acknowledged VALUES ('one')`, 'orders');
    for (const step of [catchUp, promote]) expect(await refusalOf(step.plan())).toBe('replay-paused');
    await pair.b.query(`ALTER SYSTEM SET recovery_min_apply_delay = '1h'`);
    await pair.b.query('SELECT pg_reload_conf()');
    await pair.b.query('SELECT pg_wal_replay_resume()');
    await pair.a.query(`INSERT INTO acknowledged VALUES ('two')`, 'orders');
    await waitFor('the lag to be seen', async () => (await refusalOf(promote.plan())) === 'replica-lags', 30_000);
    expect(await refusalOf(catchUp.plan())).toBe('replica-lags');
    await fence.plan();
    expect(await standing(pair)).toEqual({ a: 'primary, open', b: 'standby, open' });
  });

  it('is promoted by itself although the step before did not wait: promotion waits too, and gives up in time', async () => {
    const { fence, promote } = movesOf(plugin, 'orders', 'a', 'b', { within: '500ms' });
    const [, promotion] = await planAll([fence, promote]);
    await fence.apply((await fence.plan()).before);
    await pair.b.query('SELECT pg_wal_replay_pause()');
    await pair.a.query(`CREATE TABLE late (n int)`);
    expect(await refusalOf(promote.apply(promotion?.before ?? null))).toBe('did-not-catch-up');
    expect(await standing(pair)).toEqual({ a: 'primary, closed', b: 'standby, closed' });
    await pair.b.query('SELECT pg_wal_replay_resume()');
    await promote.apply(promotion?.before ?? null, { key: 'another' });
    expect(await standing(pair)).toEqual({ a: 'primary, closed', b: 'primary, open' });
  });

  async function acknowledgedOn(side: 'a' | 'b', count: number): Promise<void> {
    const had = writers?.countOn(side) ?? 0;
    await waitFor(
      `${count} rows to be acknowledged by ${side}`,
      () => (writers?.countOn(side) ?? 0) >= had + count,
      20_000,
    );
  }
});

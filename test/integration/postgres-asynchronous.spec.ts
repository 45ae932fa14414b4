import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';
import { waitFor } from '../rig/wait-for.js';
import { cutOver, measure, movesOf, planAll, pluginFor, refusalOf, standing } from './postgres-subject.js';
import { makeTable, missingOn, startWriters } from './postgres-writers.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('PostgreSQL with an asynchronous standby', () => {
  let pair: PostgresPair;
  let plugin: PluginInstance;
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: false });
    await makeTable(pair);
    await pair.keep();
  });
  beforeEach(async () => {
    await pair.restore();
    plugin = pluginFor(pair);
  });
  afterAll(() => pair?.stop());

  it('is cut over without loss when the primary is there', async () => {
    const writers = startWriters(pair);
    await waitFor('rows', () => writers.countOn('a') > 200, 30_000);
    const plans = await cutOver(plugin, 'orders', 'a', 'b');
    await waitFor('rows', () => writers.countOn('b') > 100, 30_000);
    await writers.stop();
    expect(plans.map((plan) => plan.asks)).toEqual([undefined, undefined, undefined]);
    expect(await missingOn(pair.b, 'orders', writers.log)).toEqual([]);
  });

  it('asks a person when the primary is killed, and loses no more than what was agreed to', async () => {
    const writers = startWriters(pair);
    await waitFor('rows', () => writers.countOn('a') > 100, 30_000);
    await measure(plugin, { cluster: 'orders' });
    await freezeReceiver(async () => {
      const had = writers.countOn('a');
      await waitFor('rows that b never gets', () => writers.countOn('a') > had + 100, 30_000);
      await pair.a.kill();
    });
    const killedAt = Date.now();
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const steps = [moves.fence, moves.catchUp, moves.promote];
    const plans = await planAll(steps);
    expect(plans.map((plan) => plan.asks)).toEqual([
      expect.stringContaining('acknowledged writes may be lost'),
      undefined,
      undefined,
    ]);
    const [, loss] = plans[0]?.changes ?? [];
    expect(loss).toMatchObject({
      resource: 'postgres/orders',
      attribute: 'acknowledged writes that may be lost',
      from: '0 B',
    });
    const seconds = Number(/last (\d+) s/.exec(JSON.stringify(loss))?.[1]);
    expect(
      (await planAll(steps)).map((plan) => plan.changes),
      'the same when made again',
    ).toEqual(plans.map((plan) => plan.changes));

    for (const [i, step] of steps.entries()) await step.apply(plans[i]?.before ?? null);
    await waitFor('rows', () => writers.countOn('b') > 10, 30_000);
    await writers.stop();
    const lost = await missingOn(pair.b, 'orders', writers.log);
    expect(lost.length).toBeGreaterThan(0);
    expect(killedAt - Math.min(...lost.map((one) => one.at))).toBeLessThan(seconds * 1_000);
  });

  it('does not promote beside a primary that is alive, although Firebreak can not reach it', async () => {
    await measure(plugin, { cluster: 'orders' });
    const writers = startWriters(pair, 2);
    await waitFor('rows', () => writers.countOn('a') > 10, 30_000);
    const cut = pluginFor({
      ...pair,
      a: { ...pair.a, firebreakUrl: 'postgresql://firebreak:none@127.0.0.1:1/postgres' },
    });
    const moves = movesOf(cut, 'orders', 'a', 'b');
    for (const step of [moves.fence, moves.promote]) expect(await refusalOf(step.plan())).toBe('still-alive');
    await writers.stop();
  });

  it('is not promoted when the primary is lost between plan and apply and nobody has agreed to that', async () => {
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const plans = await planAll([moves.fence, moves.catchUp, moves.promote]);
    await pair.a.kill();
    expect(await refusalOf(moves.fence.apply(plans[0]?.before ?? null))).toBe('not-isolated');
    expect(await refusalOf(moves.promote.apply(plans[2]?.before ?? null))).toBe('not-isolated');
    expect(await standing(pair)).toEqual({ a: 'down', b: 'standby, open' });
  });

  it('is not promoted when the primary was back meanwhile and has written more than was agreed to', async () => {
    await measure(plugin, { cluster: 'orders' });
    await pair.a.kill();
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const plans = await planAll([moves.fence, moves.catchUp, moves.promote]);
    await pair.a.start();
    await waitFor(
      'b to follow again',
      async () => (await measure(plugin, { cluster: 'orders' })).status === 'healthy',
      30_000,
    );
    await pair.caughtUp();
    await pair.a.kill();
    expect(await refusalOf(moves.promote.apply(plans[2]?.before ?? null))).toBe('loss-larger');
  });

  it('is promoted without asking when the primary is lost after a catch-up: by then all of it had arrived', async () => {
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const plans = await planAll([moves.fence, moves.catchUp, moves.promote]);
    await moves.fence.apply(plans[0]?.before ?? null);
    await moves.catchUp.apply(plans[1]?.before ?? null);
    await pair.a.kill();
    await moves.promote.apply(plans[2]?.before ?? null);
    expect(await standing(pair)).toEqual({ a: 'down', b: 'primary, open' });
  });

  /** Stops what receives on b, as a network does that breaks; what a sends meanwhile does not arrive. */
  async function freezeReceiver(what: () => Promise<void>): Promise<void> {
    const [row] = await pair.b.query(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'walreceiver'`);
    const pid = Number(row?.['pid']);
    process.kill(pid, 'SIGSTOP');
    try {
      await what();
      // It ends before it reads what the kernel has kept for it.
      process.kill(pid, 'SIGTERM');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }
});

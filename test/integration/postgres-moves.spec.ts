import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';
import { cutOver, measure, movesOf, planAll, pluginFor, standing, stepOf } from './postgres-subject.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('a planned cut-over of PostgreSQL', () => {
  let pair: PostgresPair;
  let plugin: PluginInstance;
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: true });
    await pair.keep();
  }, 60_000);
  beforeEach(async () => {
    await pair.restore();
    plugin = pluginFor(pair);
  });
  afterAll(() => pair?.stop());

  it('is planned from -> to before anything is touched', async () => {
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const plans = await planAll([moves.fence, moves.catchUp, moves.promote]);
    expect(plans.map((plan) => plan.changes)).toMatchInlineSnapshot(`
      [
        [
          {
            "attribute": "writes",
            "from": "open",
            "resource": "postgres/orders/a",
            "to": "closed",
          },
        ],
        [
          {
            "attribute": "replayed",
            "from": "so far",
            "resource": "postgres/orders/b",
            "to": "all of a",
          },
        ],
        [
          {
            "attribute": "primary",
            "from": "a",
            "resource": "postgres/orders",
            "to": "b",
          },
          {
            "attribute": "writes",
            "from": "closed",
            "resource": "postgres/orders/b",
            "to": "open",
          },
        ],
      ]
    `);
    expect(plans.map((plan) => plan.facts)).toMatchInlineSnapshot(`
      [
        {
          "clients": "everybody on a is disconnected; open transactions are rolled back",
          "estimatedDataLoss": "0 B",
        },
        undefined,
        {
          "estimatedDataLoss": "0 B",
          "replication": "no synchronous replica until a is back as one",
          "timeline": "1 -> 2",
        },
      ]
    `);
    expect(await standing(pair)).toEqual({ a: 'primary, open', b: 'standby, open' });
  });

  it('hands over, and the old primary comes back as a synchronous replica', async () => {
    await cutOver(plugin, 'orders', 'a', 'b');
    expect(await standing(pair)).toEqual({ a: 'primary, closed', b: 'primary, open' });
    const rejoin = stepOf(plugin, 'postgres-rejoin', { cluster: 'orders', node: 'a', follow: 'b' });
    const plan = await rejoin.plan();
    expect(plan).toMatchInlineSnapshot(`
      {
        "before": {},
        "changes": [
          {
            "attribute": "role",
            "from": "former primary",
            "resource": "postgres/orders/a",
            "to": "replica of b",
          },
          {
            "attribute": "synchronous_standby_names",
            "from": "",
            "resource": "postgres/orders/b",
            "to": ""a"",
          },
        ],
        "facts": {
          "thrownAway": "whatever only a has: nothing that was acknowledged, unless the plan asks",
        },
        "summary": "make a a replica of b",
      }
    `);
    await rejoin.apply(plan.before);
    expect(await rejoin.verify(plan.before)).toBe(true);
    expect(await standing(pair)).toEqual({ a: 'standby, open', b: 'primary, open' });
    expect(await measure(plugin, { cluster: 'orders' })).toMatchObject({
      status: 'healthy',
      values: { synchronous: 1 },
    });
  });

  it('is taken back: each side is what it was, and there is never a second primary', async () => {
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const [fence, catchUp, promote] = await planAll([moves.fence, moves.catchUp, moves.promote]);
    await moves.fence.apply(fence?.before ?? null);
    await moves.catchUp.apply(catchUp?.before ?? null);
    await moves.promote.apply(promote?.before ?? null);
    await moves.promote.revert(promote?.before ?? null);
    expect(await standing(pair)).toEqual({ a: 'primary, closed', b: 'standby, closed' });
    await moves.catchUp.revert(catchUp?.before ?? null);
    await moves.fence.revert(fence?.before ?? null);
    await pair.caughtUp();
    expect(await standing(pair)).toEqual({ a: 'primary, open', b: 'standby, open' });
    expect(await measure(plugin, { cluster: 'orders' })).toMatchObject({
      status: 'healthy',
      values: { synchronous: 1 },
    });
  }, 60_000);
});

import { connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import plugin from '../../plugins/cut-over-center/index.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';
import { freePort } from '../rig/processes.js';
import { waitFor } from '../rig/wait-for.js';
import { measure, movesOf, planAll, pluginFor, refusalOf, standing } from './postgres-subject.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('a PostgreSQL primary that Firebreak alone can not use', () => {
  let pair: PostgresPair;
  let whole: PluginInstance;
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: true });
    await pair.keep();
  });
  beforeEach(async () => {
    await pair.restore();
    whole = pluginFor(pair);
    await waitFor(
      'evidence',
      async () => (await measure(whole, { cluster: 'orders' })).values?.['synchronous'] === 1,
      30_000,
    );
    await pair.caughtUp();
  });
  afterAll(() => pair?.stop());

  it('I9: is not overtaken while its standby hears from it, with all the evidence, neither in a plan nor later', async () => {
    const moves = movesOf(
      reachedBy({ url: `postgresql://firebreak:x@127.0.0.1:${await freePort()}` }),
      'orders',
      'a',
      'b',
    );
    for (const what of await everyWay(moves)) expect(await refusalOf(what())).toBe('still-alive');
    expect(await standing(pair)).toEqual({ a: 'primary, open', b: 'standby, open' });
  });

  it.each<[string, () => { [name: string]: string | number }, string]>([
    ['without a password', () => ({ host: pair.a.host, port: pair.a.port }), 'not-understood'],
    ['with a wrong one', () => ({ host: pair.a.host, port: pair.a.port, password: 'canary-no' }), 'refused-by-target'],
    ['by TLS that it has not', () => ({ url: `${pair.a.firebreakUrl}?sslmode=verify-full` }), 'not-understood'],
    ['by a name that nobody knows', () => ({ url: 'postgresql://firebreak:x@a.invalid' }), 'address-unknown'],
  ])('I9: is not away when it is asked %s, though its standby has lost it as well', async (_, node, code) => {
    await cutStream();
    const moves = movesOf(reachedBy(node()), 'orders', 'a', 'b');
    for (const what of await everyWay(moves)) expect(await refusalOf(what())).toBe(code);
    expect(await standing(pair)).toEqual({ a: 'primary, open', b: 'standby, open' });
  });

  it('is looked at twice: one question that is not answered does not make it away', async () => {
    await cutStream();
    const relay = await refusingOnce(pair.a.port);
    try {
      const url = pair.a.firebreakUrl.replace(`:${pair.a.port}/`, `:${relay.port}/`);
      const pg = reachedBy({ url });
      expect(await refusalOf(movesOf(pg, 'orders', 'a', 'b').fence.plan())).toBe('not-following');
    } finally {
      relay.server.close();
    }
  });

  it('asks a person when tables would be empty that PostgreSQL does not copy', async () => {
    await pair.a.query('CREATE UNLOGGED TABLE cached AS SELECT generate_series(1, 100) AS n', 'orders');
    await pair.caughtUp();
    const emptied = {
      resource: 'postgres/orders',
      attribute: 'unlogged tables emptied by the promotion',
      from: 0,
      to: 1,
    };
    const moves = movesOf(whole, 'orders', 'a', 'b');
    const [, promotion] = await planAll([moves.fence, moves.promote]);
    expect(promotion?.changes).toContainEqual(emptied);
    expect(promotion?.asks).toContain('1 unlogged table of orders will be empty on b');
    await pair.a.kill();
    const unseen = await moves.promote.plan();
    expect(unseen.changes, 'the standby knows it too').toContainEqual(emptied);
    expect(unseen.asks).toContain('1 unlogged table');
  });

  /** Plans and applies fence and promotion, the latter with what a plan would have kept that found evidence. */
  async function everyWay({ fence, promote }: ReturnType<typeof movesOf>): Promise<(() => Promise<unknown>)[]> {
    const [row] = await pair.b.query(
      'SELECT round(extract(epoch FROM at) * 1000)::float8 AS at FROM firebreak.heartbeat',
    );
    const isolation = { beat: Number(row?.['at']), lossless: true, seconds: 0, bytes: 0 };
    const before = { open: true, fromNames: null, toNames: null, mark: null, isolation };
    return [
      () => fence.plan(),
      () => promote.plan(),
      () => fence.apply({ open: [], isolation }),
      () => promote.apply(before),
    ];
  }

  function reachedBy(a: { [name: string]: string | number }): PluginInstance {
    const clusters = { orders: { database: 'orders', nodes: { a, b: { url: pair.b.firebreakUrl } } } };
    return plugin.instantiate({ postgres: { clusters } }, { info: () => {}, warn: () => {} });
  }

  /** The standby follows nobody any more, as if the way between the two were cut. */
  async function cutStream(): Promise<void> {
    await pair.b.query(`ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'`);
    await pair.b.query('SELECT pg_reload_conf()');
    const sql = `SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'`;
    await waitFor('b to follow nobody', async () => (await pair.b.query(sql)).length === 0, 30_000);
  }
});

/** Ends the first connection that comes, and lets those after it through. */
async function refusingOnce(to: number): Promise<{ readonly server: Server; readonly port: number }> {
  let came = 0;
  const server = createServer((socket) => {
    came += 1;
    socket.on('error', () => undefined);
    if (came === 1) return void socket.destroy();
    const beyond = connect(to, '127.0.0.1').on('error', () => socket.destroy());
    socket.pipe(beyond).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay got no port');
  return { server, port: address.port };
}

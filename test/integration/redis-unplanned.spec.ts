import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bringHome, untilCaughtUp } from '../rig/redis-pair-state.js';
import { startRedisPair, type PairOptions, type RedisPair } from '../rig/redis-pair.js';
import { missingAt, startRedisWriters } from '../rig/redis-writers.js';
import { startTcpProxy } from '../rig/tcp-proxy.js';
import { waitFor } from '../rig/wait-for.js';
import { diesAfter, hands, writable } from './redis-cut-over-kit.js';

const ab = { cluster: 'carts', from: 'a', to: 'b' };
const back = { cluster: 'carts', node: 'a', follow: 'b' };

let pair: RedisPair;
let closing: (() => Promise<void>)[] = [];
const start = async (options?: PairOptions) => {
  pair = await startRedisPair(options);
  closing.push(pair.stop);
  await pair.a.redis.set('older', 'write');
  await untilCaughtUp(pair);
};
const takesWrites = () =>
  pair.b.redis.set('is-writable', '1').then(
    () => true,
    () => false,
  );
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
});

describe('a primary that was killed', () => {
  it('RPO: its replica stands in only if a person agrees to what may be lost, which the plan bounds', async () => {
    await start();
    const hand = hands(pair);
    await hand.lag(ab);
    await pair.a.kill();
    expect(await hand.plan('redis-fence', ab)).toMatchObject({ changes: [], before: { reached: false } });
    expect(await hand.plan('redis-catch-up', ab)).toMatchObject({ changes: [] });
    const plan = await hand.plan('redis-promote', ab);
    expect(plan.asks).toContain('what redis/carts/a acknowledged last may be lost');
    expect(plan.reversible).toBe(false);
    expect(plan.changes.map(({ attribute, to }) => `${attribute}: ${JSON.stringify(to)}`)).toEqual([
      'role: "primary"',
      expect.stringMatching(
        /may be lost: "an unknown amount, acknowledged after 20\S+Z: up to then redis\/carts\/b has everything/,
      ),
      expect.stringContaining('writes by those who still reach it'),
    ]);
    const stranger = await hands(pair).plan('redis-promote', ab);
    expect(stranger.changes[1]?.to).toMatch(/an unknown amount, written before .*; the link was lost after 20/);
    expect(await hands(pair).plan('redis-promote', ab)).toEqual(stranger);

    expect(await hand.apply('redis-promote', ab, plan.before)).toEqual({ done: true });
    expect(await hand.verify('redis-promote', ab, plan.before)).toEqual({ took: true });
    expect(await pair.b.redis.get('older')).toBe('write');
    expect(await pair.b.redis.set('newer', 'write')).toBe('OK');
    await expect(hand.revert('redis-promote', ab, plan.before)).rejects.toMatchObject({ code: 'not-reversible' });
  });

  it('is said to lose at least what it was seen to be ahead', async () => {
    await start();
    const passage = await startTcpProxy({ host: pair.a.host, port: pair.a.port });
    closing.push(passage.stop);
    await pair.b.redis.replicaof('127.0.0.1', passage.port);
    await untilCaughtUp(pair);
    const hand = hands(pair, { a: { replicateFrom: { host: '127.0.0.1', port: passage.port } } });
    passage.set('cut');
    await pair.a.redis.set('big', 'x'.repeat(5_000));
    const lag = await hand.lag({ ...ab, most: 4_000 });
    expect(lag).toMatchObject({ status: 'unhealthy', detail: expect.stringContaining('bytes behind') });
    await pair.a.kill();
    const plan = await waitFor('silence for longer than a ping', () => hand.plan('redis-promote', ab), 30_000);
    expect(plan.changes[1]?.to).toMatch(/^at least 50\d\d bytes, and whatever came after 20/);
  });

  it('needs nobody when every writer waits for a replica: no acknowledged write is missing', async () => {
    await start();
    const hand = hands(pair, { cluster: { acknowledgedBy: 'replica' } });
    const writers = startRedisWriters(pair, 6, undefined, true);
    await waitFor('writes at a', () => writers.acknowledged.length > 300, 30_000);
    await pair.a.kill();
    const plan = await hand.plan('redis-promote', ab);
    expect(plan.asks).toBeUndefined();
    await hand.apply('redis-promote', ab, plan.before);
    await writers.stop();
    expect(await missingAt(pair.b, writers.acknowledged)).toEqual([]);
  });

  it('that came back before the plan was carried out: nothing is promoted', async () => {
    await start();
    const hand = hands(pair);
    await pair.a.kill();
    const plan = await hand.plan('redis-promote', ab);
    await pair.a.restart();
    await expect(hand.apply('redis-promote', ab, plan.before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
    });
    expect(await writable(pair)).toEqual(['a']);
  });

  it('is waited for, when the operator says how long it takes to isolate itself', async () => {
    await start({ settings: ['min-replicas-to-write 1', 'min-replicas-max-lag 1'] });
    const hand = hands(pair, { cluster: { isolatesItselfWithin: '1s' } });
    const alive = performance.now();
    await pair.a.kill();
    const plan = await hand.plan('redis-promote', ab);
    expect(plan.changes).toContainEqual({
      resource: 'redis/carts/b',
      attribute: 'min-replicas-to-write',
      from: 1,
      to: 0,
    });
    const promoted = async (): Promise<boolean> => (await hand.apply('redis-promote', ab, plan.before)).done;
    await waitFor('the promotion', promoted, 30_000, 100);
    // the wait begins when the old primary was heard of last, which is before it was killed
    expect(performance.now() - alive).toBeGreaterThan(1_000);
    expect(await pair.b.redis.set('x', '1')).toBe('OK');
  });
});

describe('a worker killed while it makes a replica the primary without the old one', () => {
  it('leaves no primary that takes writes and would be a replica again after a restart', async () => {
    await start();
    const hand = hands(pair, { cluster: { acknowledgedBy: 'replica' } });
    const seen: string[] = [];
    for (const writes of [0, 2, 3, 4, 5, 7]) {
      await pair.a.restart();
      await bringHome(pair, false);
      await pair.a.kill();
      const { before } = await hand.plan('redis-promote', ab);
      await hand.apply('redis-promote', ab, before, { fence: diesAfter(writes) }).catch(() => {});
      const { took } = await hand.verify('redis-promote', ab, before);
      const open = await takesWrites();
      await pair.b.restart();
      const role = (await pair.b.replication()).get('role') ?? '';
      seen.push(`${took ? 'took' : 'not yet'}, ${open ? 'open' : 'closed'}, then ${role}`);
      if (took || open) expect(role).toBe('master');
    }
    expect(seen[0]).toBe('not yet, closed, then slave');
    expect(seen.at(-1)).toBe('took, open, then master');
  }, 120_000);

  it('leaves what the next attempt finishes', async () => {
    await start();
    const hand = hands(pair, { cluster: { acknowledgedBy: 'replica' } });
    for (let writes = 0; writes < 8; writes += 1) {
      await pair.a.restart();
      await bringHome(pair, false);
      await pair.a.kill();
      const { before } = await hand.plan('redis-promote', ab);
      await hand.apply('redis-promote', ab, before, { fence: diesAfter(writes) }).catch(() => {});
      expect(await hand.apply('redis-promote', ab, before)).toEqual({ done: true });
      expect(await hand.verify('redis-promote', ab, before)).toEqual({ took: true });
      expect(await takesWrites()).toBe(true);
    }
  }, 120_000);
});

describe('a primary that only Firebreak cannot reach', () => {
  it('is not replaced while its replica hears from it', async () => {
    await start();
    const passage = await startTcpProxy({ host: pair.a.host, port: pair.a.port });
    closing.push(passage.stop);
    const hand = hands(pair, { a: { port: passage.port, replicateFrom: { host: pair.a.host, port: pair.a.port } } });
    expect((await hand.lag(ab)).status).toBe('healthy');
    passage.set('cut');
    expect((await hand.lag(ab)).status).toBe('unknown');
    await expect(hand.plan('redis-promote', ab)).rejects.toMatchObject({ code: 'still-alive' });
    expect(await writable(pair)).toEqual(['a']);
  });

  it('is taken for gone when the replica has not heard from it either', async () => {
    await start();
    pair.a.process().signal('SIGSTOP');
    const hand = hands(pair);
    const plan = await waitFor('silence for longer than a ping', () => hand.plan('redis-promote', ab), 30_000);
    expect(plan.asks).toBeDefined();
    pair.a.process().signal('SIGCONT');
  });
});

describe('a replica of something else', () => {
  it('is never promoted, whether it follows another address or another history', async () => {
    await start();
    const other = await startRedisPair();
    closing.push(other.stop);
    const passage = await startTcpProxy({ host: other.a.host, port: other.a.port });
    closing.push(passage.stop);
    await pair.b.redis.replicaof(other.a.host, other.a.port);
    const hand = hands(pair);
    for (const action of ['redis-fence', 'redis-catch-up', 'redis-promote']) {
      const closed = [{ resource: 'redis/carts/a', attribute: 'writes', from: 'open', to: 'closed' }];
      await expect(hand.plan(action, ab, closed)).rejects.toMatchObject({ code: 'not-a-replica' });
    }
    // The address is right, and leads elsewhere.
    await pair.b.redis.replicaof('127.0.0.1', passage.port);
    await waitFor('the link', async () => (await pair.b.replication()).get('master_link_status') === 'up', 30_000);
    const misled = hands(pair, { a: { replicateFrom: { host: '127.0.0.1', port: passage.port } } });
    await expect(misled.plan('redis-fence', ab)).rejects.toThrow(/another history of writes/);
    expect(await misled.lag(ab)).toMatchObject({ status: 'unhealthy' });
    await pair.a.kill();
    await expect(hand.plan('redis-promote', ab)).rejects.toMatchObject({ code: 'not-a-replica' });
  });
});

describe('a node that came back', () => {
  it('becomes a replica, never a second primary for longer, and the plan says that its own writes go', async () => {
    await start();
    const hand = hands(pair);
    await pair.a.kill();
    const plan = await hand.plan('redis-promote', ab);
    await hand.apply('redis-promote', ab, plan.before);
    await pair.b.redis.set('only-at', 'b');
    await pair.a.restart();
    await pair.a.redis.set('only-at', 'a');
    await expect(hand.verify('redis-promote', ab, plan.before)).rejects.toMatchObject({ code: 'second-primary' });

    const rejoin = await hand.plan('redis-rejoin', back);
    expect(rejoin.changes.map(({ attribute }) => attribute)).toEqual(['role', 'writes of its own']);
    expect(rejoin.asks).toBe('redis/carts/a may hold writes that only it has');
    await waitFor('the copy', async () => (await hand.apply('redis-rejoin', back, rejoin.before)).done, 30_000);
    expect(await hand.verify('redis-rejoin', back, rejoin.before)).toEqual({ took: true });
    expect(await writable(pair)).toEqual(['b']);
    await untilCaughtUp({ a: pair.b, b: pair.a });
    expect(await pair.a.redis.get('only-at')).toBe('b');
    expect(await hand.check('redis-rejoin', back)).toMatchObject({ needed: false });
  });

  it('does not follow what is no primary', async () => {
    await start();
    await expect(hands(pair).plan('redis-rejoin', back)).rejects.toMatchObject({ code: 'not-a-primary' });
    expect(await writable(pair)).toEqual(['a']);
  });
});

describe('servers that would not keep what they are told', () => {
  it('without a configuration file: a person is asked', async () => {
    await start({ configFile: false });
    const hand = hands(pair);
    const { asks, changes, before } = await hand.plan('redis-fence', ab);
    expect(asks).toContain('redis/carts/a runs without a configuration file');
    expect(changes).toHaveLength(2);
    await hand.apply('redis-fence', ab, before);
    expect(await hand.verify('redis-fence', ab, before)).toEqual({ took: true });
  });

  it('without credentials for the other one: refused before anything is changed', async () => {
    await start({ password: 'geheim-81f' });
    await pair.a.redis.config('SET', 'masterauth', '');
    const hand = hands(pair, { a: { password: 'geheim-81f' }, b: { password: 'geheim-81f' } });
    const fence = await hand.plan('redis-fence', ab);
    await expect(hand.plan('redis-promote', ab, fence.changes)).rejects.toMatchObject({ code: 'no-credentials' });
  });

  it('with a file that it may not write: the primary is left open', async () => {
    await start({ settings: ['user limited on >geheim-82f ~* &* +@all -config|rewrite'] });
    const hand = hands(pair, { a: { username: 'limited', password: 'geheim-82f' } });
    const { before } = await hand.plan('redis-fence', ab);
    const refused = { code: 'refused-by-target', again: false, message: expect.stringContaining('config|rewrite') };
    await expect(hand.apply('redis-fence', ab, before)).rejects.toMatchObject(refused);
    expect(await writable(pair)).toEqual(['a']);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-sdk/index.js';
import { bringHome, stateOfPair, untilCaughtUp } from '../rig/redis-pair-state.js';
import { startRedisPair, type RedisPair } from '../rig/redis-pair.js';
import { missingAt, startRedisWriters } from '../rig/redis-writers.js';
import { startTcpProxy, type TcpProxy } from '../rig/tcp-proxy.js';
import { waitFor } from '../rig/wait-for.js';
import { diesAfter, hands, writable } from './redis-cut-over-kit.js';

const ab = { cluster: 'carts', from: 'a', to: 'b' };
const ba = { cluster: 'carts', from: 'b', to: 'a' };

let pair: RedisPair;
beforeAll(async () => {
  pair = await startRedisPair();
});
afterAll(() => pair?.stop());
beforeEach(() => bringHome(pair, false));

/** All steps are planned before the first is made, as the engine does it. */
async function planAll(hand: ReturnType<typeof hands>, params: Json) {
  const fence = await hand.plan('redis-fence', params);
  const catchUp = await hand.plan('redis-catch-up', params, fence.changes);
  const promote = await hand.plan('redis-promote', params, [...fence.changes, ...catchUp.changes]);
  return { fence, catchUp, promote };
}

async function cutOver(hand: ReturnType<typeof hands>, params: Json) {
  const plans = await planAll(hand, params);
  await hand.apply('redis-fence', params, plans.fence.before);
  await hand.apply('redis-catch-up', params, plans.catchUp.before);
  await hand.apply('redis-promote', params, plans.promote.before);
  return plans;
}

describe('a planned cut-over of Redis', () => {
  it('D7: loses no acknowledged write and never has two primaries that take writes, there and back', async () => {
    const hand = hands(pair);
    const writers = startRedisWriters(pair, 8);
    await waitFor('writes at a', () => writers.acknowledged.length > 500, 30_000);
    const plans = await cutOver(hand, ab);
    const before = writers.acknowledged.length;
    await waitFor('writes at b', () => writers.acknowledged.length > before + 500, 30_000);
    expect(await hand.verify('redis-promote', ab, plans.promote.before)).toEqual({ took: true });
    await untilCaughtUp({ a: pair.b, b: pair.a });
    await cutOver(hand, ba);
    const between = writers.acknowledged.length;
    await waitFor('writes at a again', () => writers.acknowledged.length > between + 500, 30_000);
    await writers.stop();

    expect(await missingAt(pair.a, writers.acknowledged)).toEqual([]);
    const byB = writers.acknowledged.filter((one) => one.by === 'b');
    const first = Math.min(...byB.map((one) => one.at));
    const last = Math.max(...byB.map((one) => one.sentAt));
    expect(writers.acknowledged.filter((one) => one.by === 'a' && one.sentAt > first && one.at < last)).toEqual([]);
    expect(byB.length).toBeGreaterThan(400);
    expect([...writers.refusals].join()).toMatch(/a: NOREPLICAS/);
  });

  it('says in the plan what it will be, with the steps before it counted in', async () => {
    const { fence, catchUp, promote } = await planAll(hands(pair), ab);
    expect(fence.changes).toEqual([{ resource: 'redis/carts/a', attribute: 'writes', from: 'open', to: 'closed' }]);
    expect(catchUp.changes).toHaveLength(1);
    expect(promote).toMatchObject({
      changes: [
        { resource: 'redis/carts/b', attribute: 'role', from: 'replica of redis/carts/a', to: 'primary' },
        { resource: 'redis/carts/a', attribute: 'role', from: 'primary', to: 'replica of redis/carts/b' },
      ],
    });
    expect([fence.asks, catchUp.asks, promote.asks]).toEqual([undefined, undefined, undefined]);
    await expect(hands(pair).plan('redis-catch-up', ab)).rejects.toMatchObject({ code: 'not-closed' });
    await expect(hands(pair).plan('redis-promote', ab)).rejects.toMatchObject({ code: 'not-closed' });
  });

  it('takes the promotion back with what the new primary took meanwhile', async () => {
    const hand = hands(pair);
    const plans = await cutOver(hand, ab);
    await pair.b.redis.set('taken-by-b', 'yes');
    await hand.revert('redis-promote', ab, plans.promote.before);
    expect(await writable(pair)).toEqual([]);
    await hand.revert('redis-fence', ab, plans.fence.before);
    expect(await writable(pair)).toEqual(['a']);
    expect(await pair.a.redis.get('taken-by-b')).toBe('yes');
  });
});

describe('a replica that gets everything late', () => {
  const through = async (
    delayMs: number,
    use: (passage: TcpProxy, hand: ReturnType<typeof hands>) => Promise<void>,
  ) => {
    const passage = await startTcpProxy({ host: pair.a.host, port: pair.a.port }, delayMs);
    try {
      await bringHome(pair, false, passage.port);
      await use(passage, hands(pair, { a: { replicateFrom: { host: '127.0.0.1', port: passage.port } } }));
    } finally {
      await passage.stop();
    }
  };

  it('D7: is waited for, so that no acknowledged write is missing', () =>
    through(500, async (_, hand) => {
      const writers = startRedisWriters(pair, 8);
      await waitFor('writes at a', () => writers.acknowledged.length > 500, 30_000);
      await cutOver(hand, ab);
      await waitFor('writes at b', () => writers.acknowledged.some((one) => one.by === 'b'), 30_000);
      await writers.stop();
      expect(await missingAt(pair.b, writers.acknowledged)).toEqual([]);
    }));

  it('is not promoted when it does not come to have everything in time', () =>
    through(0, async (passage, hand) => {
      const plans = await planAll(hand, { ...ab });
      passage.set('cut');
      await pair.a.redis.set('late', 'write');
      await hand.apply('redis-fence', ab, plans.fence.before);
      const hurried = { ...ab, within: '300ms' };
      await expect(hand.apply('redis-catch-up', hurried, plans.catchUp.before)).rejects.toThrow(
        /^redis\/carts\/b is still \d+ bytes behind redis\/carts\/a after 300 ms$/,
      );
      await expect(hand.apply('redis-promote', ab, plans.promote.before)).rejects.toMatchObject({
        code: 'not-caught-up',
      });
      await hand.revert('redis-promote', ab, plans.promote.before);
      await hand.revert('redis-fence', ab, plans.fence.before);
      expect(await writable(pair)).toEqual(['a']);
      await pair.a.redis.set('big', 'x'.repeat(50_000));
      const strict = { ...ab, mostBehind: 10_000 };
      await expect(hand.plan('redis-catch-up', strict, plans.fence.changes)).rejects.toMatchObject({
        code: 'far-behind',
      });
    }));
});

describe('an old primary that dies right after the new one was made', () => {
  it('does not stop the cut-over, stays closed when it is started again, and rejoins', async () => {
    const hand = hands(pair);
    const plans = await planAll(hand, ab);
    await hand.apply('redis-fence', ab, plans.fence.before);
    const fence = async () => {
      if (pair.a.process().isRunning() && (await stateOfPair(pair)).b.role === 'master') await pair.a.kill();
    };
    expect(await hand.apply('redis-promote', ab, plans.promote.before, { fence })).toEqual({ done: true });
    expect(pair.a.process().isRunning()).toBe(false);
    expect(await hand.verify('redis-promote', ab, plans.promote.before)).toEqual({ took: true });
    await pair.a.restart();
    expect(await writable(pair)).toEqual(['b']);

    const back = { cluster: 'carts', node: 'a', follow: 'b' };
    const { before } = await hand.plan('redis-rejoin', back);
    await waitFor('the copy', async () => (await hand.apply('redis-rejoin', back, before)).done, 30_000);
    expect((await stateOfPair(pair)).a).toMatchObject({ role: 'slave', minReplicas: '0' });
  });
});

describe('a worker killed at a write inside redis-promote', () => {
  it('never leaves two primaries that take writes, also when both servers are started again, and the next one finishes', async () => {
    const hand = hands(pair);
    const stops: string[][] = [];
    for (let writes = 0; ; writes += 1) {
      await bringHome(pair, false);
      const plans = await planAll(hand, ab);
      await hand.apply('redis-fence', ab, plans.fence.before);
      const died = await hand.apply('redis-promote', ab, plans.promote.before, { fence: diesAfter(writes) }).then(
        () => false,
        (error: unknown) => error instanceof Error && error.message === 'killed',
      );
      stops.push(await writable(pair));
      await Promise.all([pair.a.restart(), pair.b.restart()]);
      expect((await writable(pair)).length).toBeLessThan(2);
      if (!died) break;
    }
    expect(stops.length).toBeGreaterThan(5);
    expect(new Set(stops.map(String))).toEqual(new Set(['', 'b']));
  }, 120_000);

  it('leaves what the next attempt finishes, or takes back without a loss', async () => {
    const hand = hands(pair);
    for (const ending of ['apply', 'revert'] as const) {
      for (let writes = 0; writes < 12; writes += 1) {
        await bringHome(pair, false);
        const plans = await planAll(hand, ab);
        await hand.apply('redis-fence', ab, plans.fence.before);
        await hand.apply('redis-promote', ab, plans.promote.before, { fence: diesAfter(writes) }).catch(() => {});
        const [owner] = await writable(pair);
        if (owner === 'b') await pair.b.redis.set('taken', `${ending}-${writes}`);
        const again = () => hand[ending]('redis-promote', ab, plans.promote.before);
        await waitFor(`the ${ending} after ${writes} writes`, async () => (await again()).done, 30_000);
        if (ending === 'revert') await hand.revert('redis-fence', ab, plans.fence.before);
        expect(await writable(pair)).toEqual([ending === 'apply' ? 'b' : 'a']);
        const there = ending === 'apply' ? pair.b : pair.a;
        if (owner === 'b') expect(await there.redis.get('taken')).toBe(`${ending}-${writes}`);
      }
    }
  }, 120_000);

  it('the same for a revert that is killed', async () => {
    const hand = hands(pair);
    for (let writes = 0; writes < 14; writes += 1) {
      await bringHome(pair, false);
      const plans = await cutOver(hand, ab);
      await untilCaughtUp({ a: pair.b, b: pair.a });
      await hand.revert('redis-promote', ab, plans.promote.before, { fence: diesAfter(writes) }).catch(() => {});
      expect((await writable(pair)).length).toBeLessThan(2);
      const again = () => hand.revert('redis-promote', ab, plans.promote.before);
      await waitFor(`the revert after ${writes} writes`, async () => (await again()).done, 30_000);
      await hand.revert('redis-fence', ab, plans.fence.before);
      expect(await writable(pair)).toEqual(['a']);
      expect((await stateOfPair(pair)).b.role).toBe('slave');
    }
  }, 120_000);
});

describe('a primary closed by redis-fence', () => {
  const fenced = async () => {
    const hand = hands(pair);
    const { before } = await hand.plan('redis-fence', ab);
    await hand.apply('redis-fence', ab, before);
    return { hand, before };
  };

  it('takes no write by any way, answers reads, and goes on feeding its replica', async () => {
    await pair.a.redis.set('readable', 'yes');
    const queued = pair.a.redis.duplicate();
    await queued.call('MULTI');
    await queued.call('SET', 'x', '1');
    const waiting = pair.a.redis.duplicate();
    const popped = waiting.blpop('list', 1);
    await fenced();
    const { redis } = pair.a;
    const tried = [
      () => redis.set('x', '1'),
      () => redis.eval("return redis.call('set', KEYS[1], '1')", 1, 'x'),
      () => redis.eval("#!lua flags=allow-oom\nreturn redis.call('set', KEYS[1], '1')", 1, 'x'),
      () => redis.multi().set('x', '1').exec(),
      () => queued.call('EXEC'),
      () => redis.call('FUNCTION', 'LOAD', "#!lua name=l\nredis.register_function('f', function() return 1 end)"),
      () => redis.flushall(),
      () => redis.rpush('list', '1'),
    ];
    for (const attempt of tried) await expect(attempt()).rejects.toThrow(/NOREPLICAS|EXECABORT/);
    expect(await popped).toBeNull();
    expect(await redis.get('readable')).toBe('yes');
    expect(await redis.exists('x')).toBe(0);
    await untilCaughtUp(pair);
    queued.disconnect();
    waiting.disconnect();
  });

  it('is still closed after it was killed and started again', async () => {
    await fenced();
    await pair.a.kill();
    await pair.a.restart();
    expect(await writable(pair)).toEqual([]);
  });

  it('is not opened again once the other one is a primary, or was about to be and does not answer', async () => {
    const { hand, before } = await fenced();
    const promote = await hand.plan('redis-promote', ab);
    await hand.apply('redis-promote', ab, promote.before, { fence: diesAfter(2) }).catch(() => {});
    pair.b.process().signal('SIGSTOP');
    await expect(hand.revert('redis-fence', ab, before)).rejects.toMatchObject({ code: 'second-primary', again: true });
    pair.b.process().signal('SIGCONT');
    await waitFor(
      'the promotion, broken off before a follows',
      async () => {
        await hand.apply('redis-promote', ab, promote.before, { fence: diesAfter(4) }).catch(() => {});
        return (await stateOfPair(pair)).b.role === 'master';
      },
      30_000,
    );
    await expect(hand.revert('redis-fence', ab, before)).rejects.toMatchObject({ code: 'second-primary' });
    expect((await writable(pair)).length).toBeLessThan(2);
  });
});

describe('a replica that is not fit', () => {
  afterEach(() => pair.b.process().signal('SIGCONT'));

  it('that does not answer: refused before anything is changed', async () => {
    const was = await stateOfPair(pair);
    pair.b.process().signal('SIGSTOP');
    await expect(hands(pair).plan('redis-fence', ab)).rejects.toMatchObject({ code: 'timed-out' });
    pair.b.process().signal('SIGCONT');
    expect(await stateOfPair(pair)).toEqual(was);
    expect(await writable(pair)).toEqual(['a']);
  });

  it('that stands still after the plan: nothing is promoted, and a is opened again', async () => {
    const hand = hands(pair);
    const plans = await planAll(hand, ab);
    const was = await stateOfPair(pair);
    await hand.apply('redis-fence', ab, plans.fence.before);
    pair.b.process().signal('SIGSTOP');
    await expect(hand.apply('redis-catch-up', ab, plans.catchUp.before)).rejects.toMatchObject({ code: 'timed-out' });
    await expect(hand.apply('redis-promote', ab, plans.promote.before)).rejects.toMatchObject({ code: 'timed-out' });
    await hand.revert('redis-fence', ab, plans.fence.before);
    pair.b.process().signal('SIGCONT');
    await untilCaughtUp(pair);
    expect(await stateOfPair(pair)).toEqual(was);
  });
});

import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TokenBucket } from '../../plugins/throttle/redis-bucket/client.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';
import { startTakers } from '../rig/token-takers.js';
import { waitFor } from '../rig/wait-for.js';

const KEY = 'limit:search';

let redis: LoneRedis;
beforeAll(async () => {
  redis = await startLoneRedis();
});
afterAll(() => redis?.stop());
beforeEach(() => redis.client.flushdb());

const limit = (fields: Readonly<Record<string, string | number>>) => redis.client.hset(KEY, fields);
const bucket = () => new TokenBucket(redis.client, KEY);

describe('applications that share a bucket (throttle/redis-bucket)', () => {
  it.each([
    { rate: 200, burst: 50 },
    { rate: 1_000, burst: 200 },
    { rate: 5, burst: 100 },
  ])('20 at once are let through no more than rate * t + burst, and no less than the rate: %j', async (given) => {
    await limit(given);
    const start = performance.now();
    const { allowed, refused, stop } = startTakers(20, redis.port, KEY);
    await waitFor('one and a half seconds', () => performance.now() - start > 1_500, 30_000);
    await stop();
    const seconds = (performance.now() - start) / 1_000;
    const most = given.rate * seconds + given.burst;
    console.log(
      `${JSON.stringify(given)}: ${allowed.length} let through and ${refused.length} refused in ${seconds.toFixed(2)} s; ` +
        `${most.toFixed(1)} were allowed`,
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(allowed.length).toBeLessThanOrEqual(most);
    // Not by refusing everybody, though on a busy machine there may be moments in which nobody asks.
    expect(allowed.length).toBeGreaterThan(0.5 * (given.rate * 1.5 + given.burst));
  });

  it('a client that reads, thinks and writes would let more through, and that is seen', async () => {
    await limit({ rate: 5, burst: 10 });
    const start = performance.now();
    const takeApart = async (own: Redis) => {
      const [left] = await own.hmget(`${KEY}:left`, 'tokens');
      if (Number(left ?? 10) < 1) return;
      await own.hset(`${KEY}:left`, 'tokens', Number(left ?? 10) - 1);
      allowed += 1;
    };
    let allowed = 0;
    const own = Array.from({ length: 20 }, () => new Redis({ host: redis.host, port: redis.port }));
    for (let round = 0; round < 5; round += 1) await Promise.all(own.map(takeApart));
    for (const one of own) one.disconnect();
    expect(allowed).toBeGreaterThan(5 * ((performance.now() - start) / 1_000) + 10);
  });

  it('are told when asking again helps, and not in vain', async () => {
    await limit({ rate: 10, burst: 1 });
    expect(await bucket().take()).toEqual({ allowed: true });
    const taken = await bucket().take();
    if (taken.allowed || taken.retryInMs === undefined) return expect.fail(JSON.stringify(taken));
    expect(taken.retryInMs).toBeLessThanOrEqual(100);
    const start = performance.now();
    await waitFor('a token', async () => (await bucket().take()).allowed, 30_000, 2);
    expect(performance.now() - start).toBeGreaterThan(taken.retryInMs - 5);
  });

  it('are told when it does not help', async () => {
    await limit({ rate: 10, burst: 5 });
    expect(await bucket().take(6)).toEqual({ allowed: false, retryInMs: undefined });
    await limit({ rate: 0, burst: 0 });
    expect(await bucket().take()).toEqual({ allowed: false, retryInMs: undefined });
  });

  it('have always enough without a limit, and a full bucket with a new one', async () => {
    expect(await bucket().limit()).toBeUndefined();
    expect(await bucket().take(1_000_000)).toEqual({ allowed: true });
    await limit({ rate: 3 });
    expect(await bucket().limit()).toEqual({ rate: 3, burst: 3, version: '' });
    const four = [await bucket().take(), await bucket().take(), await bucket().take(), await bucket().take()];
    expect(four.map((one) => one.allowed)).toEqual([true, true, true, false]);
  });
});

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisSessionStore } from '../../src/access/sessions/redis-session-store.js';
import { describeSessionStore } from '../../src/access/sessions/session-store.conformance.js';
import { Sessions } from '../../src/access/sessions/sessions.js';
import { startRedis, type RigRedis } from '../rig/redis.js';

const PREFIX = '{fb}:';

/** Time passes for keys when each of them has less of it left. */
async function age(redis: Redis, ms: number): Promise<void> {
  for (const key of await redis.keys('*')) {
    const left = await redis.pttl(key);
    if (left > ms) await redis.pexpire(key, left - ms);
    else await redis.del(key);
  }
}

describe('on a real Redis', () => {
  let rig: RigRedis;
  let redis: Redis;
  beforeAll(async () => {
    rig = await startRedis();
    redis = new Redis(rig.url);
  });
  afterAll(async () => {
    await redis.quit();
    await rig.stop();
  });

  describeSessionStore('Redis', async () => {
    await redis.flushall();
    return { store: new RedisSessionStore(redis, PREFIX), pass: (ms) => age(redis, ms) };
  });

  it('S18: what stands in Redis opens nothing: the id of a session is kept as its hash only', async () => {
    await redis.flushall();
    const sessions = new Sessions(
      new RedisSessionStore(redis),
      { now: () => Date.now() },
      { idle: 60_000, most: 60_000 },
    );
    const identity = { account: 'oidc:s1', name: 'ada', groups: [], grants: [] };
    const id = await sessions.begin({ identity, voucher: 'v' }, undefined);
    const keys = await redis.keys('*');
    const texts = await Promise.all(
      keys.map(async (key) => ((await redis.type(key)) === 'string' ? redis.get(key) : '')),
    );
    expect(keys.filter((key) => /^\{fb\}:session:[0-9a-f]{64}$/.test(key))).toHaveLength(1);
    expect([...keys, ...texts].join('\n')).not.toContain(id);
  });

  it('I15: everything that is kept for people is forgotten by itself', async () => {
    const store = new RedisSessionStore(redis);
    await store.put('a', 'x', 60_000);
    await store.count('b', 60_000);
    await store.remember('c', 'x', 60_000, 3);
    for (const key of await redis.keys('*')) expect(await redis.pttl(key), key).toBeGreaterThan(0);
  });
});

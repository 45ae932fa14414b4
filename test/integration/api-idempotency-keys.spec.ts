import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KEEP_KEYS_MS, type IdempotencyKeys } from '../../src/api/idempotency-keys.js';
import { MemoryIdempotencyKeys } from '../../src/api/memory-idempotency-keys.js';
import { RedisIdempotencyKeys } from '../../src/api/redis-idempotency-keys.js';
import { startRedis, type RigRedis } from '../rig/redis.js';

const entry = { request: 'r1', executionId: 'x1', at: 1 };
const other = { request: 'r2', executionId: 'x2', at: 2 };

function describeKeys(twin: string, make: () => Promise<IdempotencyKeys>): void {
  describe(`idempotency keys in ${twin}`, () => {
    let keys: IdempotencyKeys;
    beforeEach(async () => (keys = await make()));

    it('keep the first entry and give it to everybody else', async () => {
      expect(await keys.claim('k', entry)).toBeUndefined();
      expect(await keys.claim('k', other)).toEqual(entry);
      expect(await keys.claim('another', other)).toBeUndefined();
    });

    it('have one winner among many', async () => {
      const claims = await Promise.all(Array.from({ length: 50 }, (_, i) => keys.claim('k', { ...entry, at: i })));
      expect(claims.filter((one) => one === undefined)).toHaveLength(1);
    });

    it('replace an entry only while it is still the one', async () => {
      await keys.claim('k', entry);
      expect(await keys.replace('k', other, entry)).toBe(false);
      expect(await keys.replace('k', entry, { ...entry, answer: '{}' })).toBe(true);
      expect(await keys.replace('k', entry, other)).toBe(false);
      expect(await keys.claim('k', other)).toEqual({ ...entry, answer: '{}' });
    });

    it('forget', async () => {
      await keys.claim('k', entry);
      expect(await keys.replace('k', other)).toBe(false);
      expect(await keys.replace('k', entry)).toBe(true);
      expect(await keys.replace('k', entry)).toBe(false);
      expect(await keys.claim('k', other)).toBeUndefined();
    });
  });
}

describeKeys('memory', async () => new MemoryIdempotencyKeys(() => 1));

describe('on a real Redis', () => {
  let server: RigRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    await redis.quit();
    await server.stop();
  });

  describeKeys('Redis', async () => {
    await redis.flushall();
    return new RedisIdempotencyKeys(redis);
  });

  it('I15: every key is forgotten after a day', async () => {
    await redis.flushall();
    const keys = new RedisIdempotencyKeys(redis);
    await keys.claim('k', entry);
    await keys.replace('k', entry, other);
    expect(await redis.pttl('{fb}:ik:k')).toBeGreaterThan(KEEP_KEYS_MS - 10_000);
  });
});

it('keys in memory are forgotten after a day', async () => {
  let now = 0;
  const keys = new MemoryIdempotencyKeys(() => now);
  await keys.claim('k', entry);
  now = KEEP_KEYS_MS;
  expect(await keys.claim('k', other)).toBeUndefined();
});

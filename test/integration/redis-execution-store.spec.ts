import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeExecutionStore } from '../../src/engine/execution-store.conformance.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { turnedRedis } from '../rig/turned-redis.js';

describe('on a real Redis', () => {
  let rig: RigRedis;
  beforeAll(async () => {
    rig = await startRedis();
  });
  afterAll(() => rig.stop());

  describeExecutionStore('redis', async () => {
    const { redis, turn } = turnedRedis(rig.url);
    const subscriber = new Redis(rig.url);
    await redis.flushall();
    await subscriber.ping();
    const prefix = '{fb}:';
    let now = Date.now();
    await turn(prefix, now);
    return {
      store: new RedisExecutionStore(redis, subscriber, { prefix }),
      pass: (ms) => turn(prefix, (now += ms)),
      close: async () => {
        await Promise.all([redis.quit(), subscriber.quit()]);
      },
    };
  });
});

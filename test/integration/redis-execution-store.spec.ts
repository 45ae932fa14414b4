import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeExecutionStore } from '../../src/engine/execution-store.conformance.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { startRedis, type RigRedis } from '../rig/redis.js';

describe('on a real Redis', () => {
  let redis: RigRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  describeExecutionStore('redis', async () => {
    const [commands, subscriber] = [new Redis(redis.url), new Redis(redis.url)];
    await commands.flushall();
    await subscriber.ping();
    return {
      store: new RedisExecutionStore(commands, subscriber),
      close: async () => {
        await Promise.all([commands.quit(), subscriber.quit()]);
      },
    };
  });
});

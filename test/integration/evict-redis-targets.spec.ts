import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import type { Json } from '../../src/plugin-sdk/index.js';
import { startCacheRedis, type CacheRedis } from '../rig/cache-redis.js';
import { startMiddle, type Middle } from '../rig/middle.js';
import { plainCall } from '../rig/plain-call.js';
import { freePort } from '../rig/processes.js';
import { evictAction, failure, keysOf, type CacheSetting } from './evict-redis-kit.js';

const PASSWORD = 'canary-90af13';
const params: Json = { cache: 'main', match: 'config:*', idleLongerThan: '5m' };
const many: CacheSetting = { limits: { percent: 100 }, restorable: { keys: 0 }, password: PASSWORD };

let cache: CacheRedis;
let middle: Middle;
beforeAll(async () => {
  cache = await startCacheRedis([], PASSWORD);
});
afterAll(() => cache?.stop());
beforeEach(async () => {
  middle = await startMiddle(`127.0.0.1:${cache.port}`);
  await cache.redis.flushall();
  await cache.putIdle(Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`config:${i}`, `v${i}`])), 1_000);
});
afterEach(() => middle.stop());

const action = (settings: CacheSetting = many) => evictAction(middle.port, settings);
describe('a cache that does not do as it should', () => {
  it('is down: unreachable, and named', async () => {
    const error = await failure(evictAction(await freePort()).check(plainCall(), params));
    expect(error).toMatchObject({ code: 'target-unreachable', again: true });
    expect(error.message).toMatch(/^redis\/main can't be reached: .*ECONNREFUSED/);
  });

  it('stands still: within the time-out', async () => {
    const { before } = await action().plan(plainCall(), params);
    middle.meddle({ request: () => undefined });
    const begun = performance.now();
    const errors = await Promise.all(
      [
        action().check(plainCall(), params),
        action().plan(plainCall(), params),
        action().apply(plainCall(), params, before),
        action().verify(plainCall(), params, before),
        action().revert(plainCall(), params, before),
      ].map(failure),
    );
    for (const error of errors) expect(error).toMatchObject({ code: 'timed-out', again: true });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await keysOf(cache.redis)).toHaveLength(250);
  });

  it.each([
    ['no password', {}, /NOAUTH/],
    ['a wrong password', { password: 'wrong-canary' }, /WRONGPASS/],
  ])('refuses %s: nothing secret is said', async (_, login, words) => {
    const error = await failure(evictAction(cache.port, login).check(plainCall(), params));
    expect(error).toMatchObject({ code: 'refused-by-target', again: false });
    expect(error.message).toMatch(words);
    for (const text of [PASSWORD, 'wrong-canary']) expect(`${error.message} ${error.stack}`).not.toContain(text);
  });

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'not-understood'],
    ['+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n', 'not-understood'],
    [':7\r\n'.repeat(20), 'not-understood'],
  ])('answers with %j', async (text, code) => {
    const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => socket.write(text)));
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const error = await failure(evictAction(port).check(plainCall(), params));
    server.close();
    expect(error).toMatchObject({ code });
  });
});

describe('what is no cache', () => {
  const other = async (settings: readonly string[], prepare: (redis: Redis) => Promise<void> = async () => {}) => {
    const server = await startCacheRedis(settings);
    try {
      await prepare(server.redis);
      return await failure(evictAction(server.port).plan(plainCall(), params));
    } finally {
      await server.stop();
    }
  };

  it('a replica is refused', async () => {
    const error = await other([], async (redis) => void (await redis.replicaof('127.0.0.1', 1)));
    expect(error).toMatchObject({ code: 'not-a-cache', again: false });
    expect(error.message).toContain('is a replica');
  });

  it('a part of a Redis Cluster is refused', async () => {
    const error = await other(['--cluster-enabled', 'yes']);
    expect(error).toMatchObject({ code: 'not-a-cache', again: false });
    expect(error.message).toContain('Redis Cluster');
  });

  it("Firebreak's own Redis is refused", async () => {
    const error = await other([], async (redis) => {
      await new RedisExecutionStore(redis, redis).noteCanary(Date.now());
    });
    expect(error).toMatchObject({ code: 'not-a-cache', again: false });
    expect(error.message).toBe("redis/main holds Firebreak's own keys: nothing is ever evicted there");
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { victimsOf } from '../../plugins/evict-stale-cache/redis/lru-k.js';
import type { Json } from '../../src/plugin-sdk/index.js';
import { startCacheRedis, type CacheRedis } from '../rig/cache-redis.js';
import { plainCall } from '../rig/plain-call.js';
import { applyAll, evictAction, evictAll, failure, keysOf, type CacheSetting } from './evict-redis-kit.js';

let cache: CacheRedis;
beforeAll(async () => {
  cache = await startCacheRedis();
});
afterAll(() => cache?.stop());
beforeEach(async () => {
  await cache.redis.flushall();
  await cache.redis.config('SET', 'maxmemory-policy', 'noeviction');
  await cache.redis.config('SET', 'maxmemory', '0');
});

const all: CacheSetting = { limits: { percent: 100 } };
const action = (differs: CacheSetting = all) => evictAction(cache.port, differs);
const numbered = (prefix: string, count: number, value = 'x'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, value]));
const idle = (match: string, more: { readonly [name: string]: Json } = {}): Json => ({
  cache: 'main',
  match,
  idleLongerThan: '5m',
  ...more,
});

describe('which keys go', () => {
  it('by pattern: all that begin so, and no others', async () => {
    await cache.redis.mset({ 'config:a': '1', 'config:b': '2', 'configs:c': '3', 'session:config:': '4' });
    await evictAll(action(), { cache: 'main', match: 'config:*' });
    expect(await keysOf(cache.redis)).toEqual(['configs:c', 'session:config:']);
  });

  it('by idle time: those that nobody used for so long', async () => {
    await cache.putIdle({ 'config:old': 'v1' }, 301);
    await cache.putIdle({ 'config:new': 'v2' }, 200);
    await evictAll(action(), idle('config:*'));
    expect(await keysOf(cache.redis)).toEqual(['config:new']);
  });

  it('a key that is used between plan and apply is left alone', async () => {
    await cache.putIdle({ 'config:a': 'v1', 'config:b': 'v2' }, 1_000);
    const { before } = await action().plan(plainCall(), idle('config:*'));
    await cache.redis.get('config:b');
    await applyAll(action(), idle('config:*'), before);
    expect(await keysOf(cache.redis)).toEqual(['config:b']);
    expect(await action().verify(plainCall(), idle('config:*'), before)).toEqual({ took: true });
  });

  it('a key that is written anew between plan and apply is left alone, if it has an end of life', async () => {
    const params = { cache: 'main', match: 'config:*' };
    await cache.redis.set('config:a', 'old', 'EX', 100);
    await cache.redis.set('config:b', 'old', 'EX', 100);
    const { before } = await action().plan(plainCall(), params);
    await cache.redis.set('config:b', 'new', 'EX', 200);
    await cache.redis.set('config:c', 'not in the plan', 'EX', 200);
    await applyAll(action(), params, before);
    expect(await keysOf(cache.redis)).toEqual(['config:b', 'config:c']);
  });

  it('looking does not count as a use: a plan leaves each key as idle as it was', async () => {
    await cache.putIdle({ 'config:a': 'v1' }, 5_000);
    await action().check(plainCall(), idle('config:*'));
    await action().plan(plainCall(), idle('config:*'));
    expect(await cache.redis.object('IDLETIME', 'config:a')).toBeGreaterThanOrEqual(5_000);
  });

  it('under a policy that counts uses (LFU) idle time is refused, with what to do, and other ways go on', async () => {
    await cache.redis.config('SET', 'maxmemory-policy', 'allkeys-lfu');
    const error = await failure(action().plan(plainCall(), idle('config:*')));
    expect(error).toMatchObject({ code: 'no-idle-time', again: false });
    expect(error.message).toContain('choose a tier by ttl, hash-field or sorted-set, or lruK');
    await cache.redis.set('config:a', '1');
    const before = await evictAll(action(), { cache: 'main', match: 'config:*' });
    expect(await keysOf(cache.redis)).toEqual([]);
    expect(await action().verify(plainCall(), { cache: 'main', match: 'config:*' }, before)).toEqual({ took: true });
  });
});

describe('freshness tiers (C7)', () => {
  const prefixes = ['metrics:', 'session:', 'event:', 'late:'];
  const tiers = {
    'live-metrics': { prefix: 'metrics:', maxAge: '30m', age: { by: 'idle' } },
    'session-snapshots': { prefix: 'session:', maxAge: '24h', age: { by: 'ttl', lifetime: '48h' } },
    'archived-events': { prefix: 'event:', maxAge: '72h', age: { by: 'hash-field', field: 'at' } },
    'late-events': { prefix: 'late:', maxAge: '72h', age: { by: 'sorted-set', key: 'late-times', unit: 'ms' } },
  };
  const tiered = () => action({ ...all, prefixes, tiers });
  const [HOUR, now] = [3_600_000, () => Date.now()];

  it('live metrics: 30 minutes, by idle time', async () => {
    await cache.putIdle({ 'metrics:over': 'v1' }, 1_801);
    await cache.putIdle({ 'metrics:under': 'v1' }, 1_700);
    await evictAll(tiered(), { cache: 'main', tier: 'live-metrics' });
    expect(await keysOf(cache.redis)).toEqual(['metrics:under']);
  });

  it('session snapshots: 24 hours, by the time to live that is left of 48; without one nobody knows', async () => {
    await cache.redis.set('session:over', '1', 'PX', 24 * HOUR - 1_000);
    await cache.redis.set('session:under', '1', 'PX', 24 * HOUR + 60_000);
    await cache.redis.set('session:forever', '1');
    const plan = await tiered().plan(plainCall(), { cache: 'main', tier: 'session-snapshots' });
    expect(plan.facts).toMatchObject({ keys: '1 of 3', ofUnknownAge: '1 left alone' });
    await evictAll(tiered(), { cache: 'main', tier: 'session-snapshots' });
    expect(await keysOf(cache.redis)).toEqual(['session:forever', 'session:under']);
  });

  it('archived events: 72 hours, by a moment in a field of the hash; what is no moment says nothing', async () => {
    const seconds = (hoursAgo: number): string => String(Math.floor((now() - hoursAgo * HOUR) / 1_000));
    await cache.redis.hset('event:over', { at: seconds(72.1), what: 'x' });
    await cache.redis.hset('event:under', { at: seconds(71.9), what: 'x' });
    await cache.redis.hset('event:ahead', { at: seconds(-10), what: 'x' });
    await cache.redis.hset('event:odd', { at: 'yesterday' });
    await cache.redis.hset('event:zero', { at: '0' });
    await cache.redis.set('event:text', '5');
    const params = { cache: 'main', tier: 'archived-events' };
    await evictAll(tiered(), params);
    expect(await keysOf(cache.redis)).toEqual(['event:ahead', 'event:odd', 'event:text', 'event:under', 'event:zero']);
  });

  it('the same by a score in a sorted set of moments', async () => {
    await cache.redis.mset({ 'late:over': '1', 'late:under': '2', 'late:unknown': '3' });
    await cache.redis.zadd('late-times', now() - 73 * HOUR, 'late:over', now() - 71 * HOUR, 'late:under');
    await evictAll(tiered(), { cache: 'main', tier: 'late-events' });
    expect(await keysOf(cache.redis)).toEqual(['late-times', 'late:under', 'late:unknown']);
  });
});

describe('LRU-K with K = 3 (D2)', () => {
  const WINDOW_MS = 86_400_000;
  const lruK = () => action({ ...all, accesses: { prefix: 'used:', window: '1d' } });
  const params = { cache: 'main', match: 'config:*', lruK: 3 };

  /** Writes down who was used in the running window, and in the three before it, the latest first. */
  async function used(running: readonly string[], ...windows: readonly (readonly string[])[]): Promise<void> {
    const number = Math.floor(Date.now() / WINDOW_MS);
    for (const [i, keys] of [running, ...windows].entries())
      if (keys.length > 0) await cache.redis.sadd(`used:${number - i}`, ...keys);
  }

  it('evicts what is missing from at least 2 of the last 3 windows, and spares what is used right now', async () => {
    await cache.redis.mset(numbered('config:', 6));
    await used(['config:5'], ['config:0', 'config:1', 'x'], ['config:0', 'config:2'], ['config:1', 'config:0']);
    await evictAll(lruK(), params);
    expect(await keysOf(cache.redis)).toEqual(
      ['config:0', 'config:1', 'config:5', ...(await cache.redis.keys('used:*'))].toSorted(),
    );
  });

  it('I9: refuses when a window is not there: nobody seen is not nobody there', async () => {
    await cache.redis.mset(numbered('config:', 6));
    await used([], ['config:0'], ['config:0']);
    expect(await failure(lruK().plan(plainCall(), params))).toMatchObject({ code: 'too-few-samples', again: true });
    await used([], [], [], ['config:0']);
    const { before } = await lruK().plan(plainCall(), params);
    await cache.redis.del(`used:${Math.floor(Date.now() / WINDOW_MS) - 2}`);
    expect(await failure(applyAll(lruK(), params, before))).toMatchObject({ code: 'too-few-samples' });
    expect(await cache.redis.exists('config:1')).toBe(1);
  });

  it('the server decides as the function does', { timeout: 60_000 }, async () => {
    const some = fc.subarray(Object.keys(numbered('config:', 8)), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(some, some, some, some, async (keys, ...windows) => {
        await cache.redis.flushall();
        await cache.redis.mset(Object.fromEntries(keys.map((key) => [key, 'x'])));
        await used([], ...windows);
        const { before } = await lruK().plan(plainCall(), params);
        await applyAll(lruK(), params, before);
        const told = victimsOf(
          keys,
          windows.map((one) => new Set(one)),
        );
        const victims = told.ok ? told.victims : [];
        const left = (await keysOf(cache.redis)).filter((key) => key.startsWith('config:'));
        expect(left).toEqual(keys.filter((key) => !victims.includes(key)).toSorted());
      }),
      { numRuns: 40 },
    );
  });
});

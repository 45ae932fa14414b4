import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isInShare } from '../../plugins/evict-stale-cache/redis/share.js';
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

describe('how much goes', () => {
  const many = { ...all, restorable: { keys: 0 } };

  it('a share takes its own keys only, and shares that follow one another take all', async () => {
    await cache.putIdle(numbered('config:', 1_000), 1_000);
    const left: number[] = [];
    for (const share of [
      { from: 0, to: 10 },
      { from: 10, to: 50 },
      { from: 50, to: 100 },
    ]) {
      const keys = await keysOf(cache.redis);
      await evictAll(action(many), idle('config:*', { share }));
      const now = await keysOf(cache.redis);
      expect(now).toEqual(keys.filter((key) => !isInShare(Buffer.from(key), share)));
      left.push(now.length);
    }
    expect(left[0]).toBeGreaterThan(860);
    expect(left[2]).toBe(0);
  });

  it('I9: no more keys than the step says, whatever there is, and it says that it stopped there', async () => {
    await cache.putIdle(numbered('config:', 1_000), 1_000);
    const params = idle('config:*', { maxKeys: 150 });
    const plan = await action(many).plan(plainCall(), params);
    expect(plan).toMatchObject({
      reversible: false,
      changes: [
        {
          resource: 'redis/main',
          attribute: 'config:* unused for 5 min',
          from: 'there',
          to: 'evicted, at most 150 keys and 100 % of all',
        },
      ],
      facts: { keys: '1,000 of 1,000', restorable: 'no: there are more than 0 keys' },
    });
    await applyAll(action(many), params, plan.before);
    expect(await keysOf(cache.redis)).toHaveLength(850);
    expect(await action(many).verify(plainCall(), params, plan.before)).toEqual({ took: true });
  });

  it('I9: no larger part of all keys than the step says, counted when it begins', async () => {
    await cache.putIdle(numbered('config:', 1_000), 1_000);
    await evictAll(action({ restorable: { keys: 0 } }), idle('config:*', { maxPercent: 20 }));
    expect(await keysOf(cache.redis)).toHaveLength(800);
  });

  it('the limit counts over crashes, restarts of the plugin and other processes', async () => {
    await cache.putIdle(numbered('config:', 1_000), 1_000);
    const params = idle('config:*', { maxKeys: 450 });
    const { before } = await action(many).plan(plainCall(), params);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      let batches = 0;
      const fence = async (): Promise<void> => {
        batches += 1;
        if (batches > 1) throw new Error('killed');
      };
      await action(many)
        .apply(plainCall({ fence, epoch: attempt }), params, before)
        .catch(() => undefined);
    }
    const left = (await keysOf(cache.redis)).length;
    expect(left).toBeGreaterThan(550);
    expect(left).toBeLessThan(900);
    await applyAll(action(many), params, before, { epoch: 4 });
    expect(await keysOf(cache.redis)).toHaveLength(550);
  });

  it('no faster than the rate', async () => {
    await cache.putIdle(numbered('config:', 600), 1_000);
    const begun = performance.now();
    await evictAll(action(many), idle('config:*', { keysPerSecond: 500 }));
    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it('a slow rate is kept over calls: one batch, and then it says when to ask again', async () => {
    await cache.putIdle(numbered('config:', 600), 1_000);
    const params = idle('config:*', { keysPerSecond: 20 });
    const { before } = await action(many).plan(plainCall(), params);
    const progress = await action(many).apply(plainCall(), params, before);
    expect(progress.done ? 0 : progress.againInMs).toBeGreaterThan(4_000);
    expect((await keysOf(cache.redis)).length).toBeGreaterThan(350);
  });

  it('makes room also when memory is full', async () => {
    await cache.putIdle(numbered('config:', 2_000, 'x'.repeat(500)), 1_000);
    await cache.redis.config('SET', 'maxmemory', '1mb');
    await expect(cache.redis.set('config:more', 'x')).rejects.toThrow('OOM');
    await evictAll(action(many), idle('config:*'));
    await cache.redis.config('SET', 'maxmemory', '0');
    expect(await keysOf(cache.redis)).toEqual([]);
  });
});

describe('going back', () => {
  const params = idle('config:*');

  it('restores value, type, end of life and idle time, and leaves alone what was written again', async () => {
    const until = Date.now() + 500_000;
    await cache.redis.hset('config:hash', { a: '1' });
    await cache.redis.call('COPY', 'config:hash', 'config:kept');
    await cache.redis.set(Buffer.from([99, 111, 110, 102, 105, 103, 58, 0xff, 0x00]), 'binary');
    await cache.putIdle({ 'config:a': 'v1', 'config:b': 'v2' }, 1_000, until);
    const pattern = { cache: 'main', match: 'config:*' };
    const { before, ...plan } = await action().plan(plainCall(), pattern);
    expect(plan.reversible).toBeUndefined();
    expect(plan.changes).toHaveLength(5);
    await applyAll(action(), pattern, before);
    expect(await keysOf(cache.redis)).toEqual([]);
    await cache.redis.set('config:b', 'again');
    expect(await action().revert(plainCall(), pattern, before)).toEqual({ done: true });
    expect(await cache.redis.object('IDLETIME', 'config:a')).toBeGreaterThanOrEqual(1_000);
    expect(await cache.redis.call('PEXPIRETIME', 'config:a')).toBe(until);
    expect(await cache.redis.hgetall('config:hash')).toEqual({ a: '1' });
    expect(await cache.redis.get(Buffer.from([99, 111, 110, 102, 105, 103, 58, 0xff, 0x00]))).toBe('binary');
    expect(await cache.redis.mget('config:a', 'config:b')).toEqual(['v1', 'again']);
  });

  it('does not bring back what would be over by now', async () => {
    await cache.putIdle({ 'config:a': 'v1', 'config:short': 'v2' }, 1_000);
    await cache.redis.set('config:short', '2', 'PX', 300);
    const pattern = { cache: 'main', match: 'config:*' };
    const before = await evictAll(action(), pattern);
    await new Promise((resolve) => setTimeout(resolve, 320)); // by the server's clock, which nobody can turn
    await action().revert(plainCall(), pattern, before);
    expect(await keysOf(cache.redis)).toEqual(['config:a']);
  });

  it('keeps no more bytes of copies than configured: then the plan says that it can’t be taken back', async () => {
    await cache.putIdle(numbered('config:', 10, 'x'.repeat(1_000)), 1_000);
    const tight = action({ ...all, restorable: { bytes: 5_000 } });
    const plan = await tight.plan(plainCall(), params);
    expect(plan).toMatchObject({ reversible: false, before: { entries: null } });
    expect(plan.facts?.['restorable']).toMatch(/^no: they take 1\d\.\d KiB, and copies of 4\.9 KiB are kept at most$/);
    await applyAll(tight, params, plan.before);
    const error = await failure(tight.revert(plainCall(), params, plan.before));
    expect(error).toMatchObject({ code: 'not-restorable', again: false });
    expect(error.message).toContain('10 keys were evicted');
  });

  it('says so when the copies are not there any more', async () => {
    await cache.putIdle({ 'config:a': 'v1' }, 1_000);
    const before = await evictAll(action(), params);
    await cache.redis.del(...(await cache.redis.keys('firebreak:evicted:*:copies')));
    expect(await failure(action().revert(plainCall(), params, before))).toMatchObject({
      code: 'copies-gone',
      again: false,
    });
  });

  it('a plan with copies stays small: 100 keys in less than 256 KiB, and no value is in it', async () => {
    await cache.putIdle(numbered(`config:${'k'.repeat(150)}`, 100, 'secret-of-a-user'), 1_000);
    const { before } = await action().plan(plainCall(), params);
    expect(JSON.stringify(before).length).toBeLessThan(65_536);
    expect(JSON.stringify(before)).not.toContain('secret-of-a-user');
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-sdk/index.js';
import { startCacheRedis, type CacheRedis } from '../rig/cache-redis.js';
import { startMiddle, type Middle } from '../rig/middle.js';
import { plainCall } from '../rig/plain-call.js';
import { applyAll, evictAction, failure, keysOf, type CacheSetting } from './evict-redis-kit.js';

const PASSWORD = 'canary-90af13';
const params: Json = { cache: 'main', match: 'config:*', idleLongerThan: '5m' };
const many: CacheSetting = { limits: { percent: 100 }, restorable: { keys: 0 }, password: PASSWORD };
const few: CacheSetting = { limits: { percent: 100 }, restorable: { keys: 500 }, password: PASSWORD };

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
const isBatch = (piece: Buffer): boolean => piece.includes(':copies\r\n');
const isRestore = (piece: Buffer): boolean => piece.includes(':copies\r\n');

/** Lets requests through and swallows the answers from the first one on that is of this kind. */
function swallowAnswersTo(kind: (piece: Buffer) => boolean): void {
  let seen = false;
  middle.meddle({
    request: (piece) => {
      seen ||= kind(piece);
      return piece;
    },
    answer: (piece) => (seen ? undefined : piece),
  });
}

describe.each([
  ['many keys', many],
  ['few keys', few],
])('%s: what goes wrong under way', (_, settings) => {
  it('I4: a lost answer is one effect, and the next attempt goes on from there', async () => {
    const { before } = await action(settings).plan(plainCall(), params);
    swallowAnswersTo(isBatch);
    expect(await failure(action(settings).apply(plainCall(), params, before))).toMatchObject({
      code: 'timed-out',
      again: true,
    });
    const left = await keysOf(cache.redis);
    expect(left.length).toBeLessThan(250);
    expect(left.length).toBeGreaterThan(0);
    middle.meddle({});
    // What was evicted and has come back by now is fresh, and no second effect takes it away again.
    await cache.redis.set('config:0', 'fresh');
    expect(await action(settings).verify(plainCall(), params, before)).toMatchObject({ took: false });
    await applyAll(action(settings), params, before, { epoch: 2 });
    expect(await keysOf(cache.redis)).toEqual(['config:0']);
    expect(await action(settings).verify(plainCall(), params, before)).toEqual({ took: true });
  });

  it('I6: a batch that arrives late has no effect', async () => {
    const { before } = await action(settings).plan(plainCall(), params);
    let release: (() => void) | undefined;
    middle.meddle({
      request: async (piece) => {
        if (isBatch(piece) && release === undefined) await new Promise<void>((resolve) => (release = resolve));
        return piece;
      },
    });
    expect((await failure(action(settings).apply(plainCall(), params, before))).code).toBe('timed-out');
    const answered = new Promise<string>((resolve) =>
      middle.meddle({ answer: (piece) => (resolve(piece.toString()), piece) }),
    );
    release?.();
    expect(await answered).toContain('LATE');
    expect(await keysOf(cache.redis)).toHaveLength(250);
  });

  it('I7: a process that was overtaken evicts nothing any more', async () => {
    const { before } = await action(settings).plan(plainCall(), params);
    let batches = 0;
    const fence = async (): Promise<void> => {
      batches += 1;
      if (batches > 1) throw new Error('killed');
    };
    await action(settings)
      .apply(plainCall({ epoch: 7, fence }), params, before)
      .catch(() => undefined);
    const left = await keysOf(cache.redis);
    expect(await failure(action(settings).apply(plainCall({ epoch: 6 }), params, before))).toMatchObject({
      code: 'overtaken',
      again: false,
    });
    expect(await keysOf(cache.redis)).toEqual(left);
  });

  it('somebody else who has evicted the same keys since the plan was made is noticed', async () => {
    const { before } = await action(settings).plan(plainCall(), params);
    await applyAll(action(settings), params, before, { key: 'another' });
    await cache.putIdle({ 'config:1': 'back' }, 1_000);
    const error = await failure(action(settings).apply(plainCall({ key: 'ours' }), params, before));
    expect(error).toMatchObject({ code: 'changed-meanwhile', again: false });
    expect(error.message).toContain('plan again');
    expect(await keysOf(cache.redis)).toEqual(['config:1']);
    const { before: next } = await action(settings).plan(plainCall(), params);
    await applyAll(action(settings), params, next, { key: 'ours' });
    expect(await keysOf(cache.redis)).toEqual([]);
  });

  it('I4: of two processes that are at the same batch one makes it, and the other is told', async () => {
    const { before } = await action(settings).plan(plainCall(), params);
    let open = (): void => {};
    const both = new Promise<void>((resolve) => (open = resolve));
    const asked = [0, 0];
    const fenceOf = (process: number) => async (): Promise<void> => {
      asked[process] = (asked[process] ?? 0) + 1;
      if (asked.every((times) => times > 0)) open();
      await both;
    };
    const ended = await Promise.allSettled(
      asked.map((_none, i) => action(settings).apply(plainCall({ fence: fenceOf(i) }), params, before)),
    );
    const lost = ended.filter((one) => one.status === 'rejected');
    expect(lost.map((one): unknown => one.reason)).toEqual([
      expect.objectContaining({ code: 'overtaken', again: true }),
    ]);
    expect(Math.min(...asked)).toBe(1);
    await applyAll(action(settings), params, before);
    expect(await keysOf(cache.redis)).toEqual([]);
  });

  it('the fence is asked before each batch, and one that closes in the middle leaves the rest', async () => {
    const { before } = await action(settings).plan(plainCall(), params);
    let asked = 0;
    const fence = async (): Promise<void> => {
      asked += 1;
      if (asked > 1) throw new Error('paused');
    };
    await expect(action(settings).apply(plainCall({ fence }), params, before)).rejects.toThrow('paused');
    const left = (await keysOf(cache.redis)).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(250);
  });
});

describe('going back', () => {
  it('I4: a lost answer is no second effect: what was restored and removed since does not come back', async () => {
    const { before } = await action(few).plan(plainCall(), params);
    await applyAll(action(few), params, before);
    swallowAnswersTo(isRestore);
    expect(await failure(action(few).revert(plainCall(), params, before))).toMatchObject({ code: 'timed-out' });
    middle.meddle({});
    const [one = ''] = await keysOf(cache.redis);
    await cache.redis.del(one);
    expect(await action(few).revert(plainCall(), params, before)).toEqual({ done: true });
    expect(await keysOf(cache.redis)).toHaveLength(249);
    expect(await cache.redis.exists(one)).toBe(0);
  });

  it('I6: what was taken back before it was begun is not begun any more', async () => {
    const { before } = await action(few).plan(plainCall(), params);
    await action(few).revert(plainCall(), params, before);
    expect(await failure(action(few).apply(plainCall(), params, before))).toMatchObject({
      code: 'taken-back',
      again: false,
    });
    expect(await keysOf(cache.redis)).toHaveLength(250);
  });
});

describe('a cache that was started again', () => {
  it('is gone on with from the beginning of the scan: a cursor belongs to one run', async () => {
    const { before } = await action().plan(plainCall(), params);
    let batches = 0;
    const fence = async (): Promise<void> => {
      batches += 1;
      if (batches > 1) throw new Error('killed');
    };
    await action()
      .apply(plainCall({ fence }), params, before)
      .catch(() => undefined);
    const [note = ''] = (await cache.redis.keys('firebreak:evicted:*')).filter((name) => name.endsWith(':1'));
    await cache.redis.hset(note, 'run', 'another-run', 'cursor', '99999');
    await applyAll(action(), params, before, { epoch: 2 });
    expect(await keysOf(cache.redis)).toEqual([]);
  });
});

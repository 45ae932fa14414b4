import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/throttle/index.js';
import { TokenBucket } from '../../plugins/throttle/redis-bucket/client.js';
import type { Json, PluginError } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';
import { plainCall } from '../rig/plain-call.js';
import { startTakers } from '../rig/token-takers.js';
import { waitFor } from '../rig/wait-for.js';

const KEY = 'limit:search';
const params = { server: 'limits', bucket: 'search', limit: 20, lift: { every: '100ms', within: '1m' } };

let redis: LoneRedis;
beforeAll(async () => {
  redis = await startLoneRedis();
});
afterAll(() => redis?.stop());
beforeEach(() => redis.client.flushdb());

function action(differs: Readonly<Record<string, Json>> = {}): Action {
  const limits = { host: redis.host, port: redis.port, prefix: 'limit:', ...differs };
  const config = { redisBucket: { servers: { limits } } };
  return plugin.instantiate(config, { info: () => {}, warn: () => {} }).provided.actions!['redis-bucket']!;
}

const stored = async () => {
  const { version: _version, ...fields } = await redis.client.hgetall(KEY);
  return fields;
};
const version = async () => Number((await redis.client.hget(KEY, 'version')) ?? 0);
const limit = (fields: Readonly<Record<string, string | number>>) => redis.client.hset(KEY, fields);
const bucket = () => new TokenBucket(redis.client, KEY);
const failure = (doing: Promise<unknown>): Promise<PluginError> =>
  doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => error,
  );

describe('the throttle', () => {
  it('says from what to what, and how it is lifted', async () => {
    await limit({ rate: 100, burst: 50 });
    expect(await action().plan(plainCall(), params)).toEqual({
      summary:
        'rate of limit:search at redis limits: 100 per second -> 20 per second; lifted to 40 per second, 60 per second, ' +
        '100 per second, one each 0.1 s while it stays healthy',
      changes: [{ resource: 'redis-bucket/limits/search', attribute: 'rate', from: 100, to: 20 }],
      before: { limit: 100 },
      liftWithinMs: 60_000,
    });
  });

  it('D4: is in force within 100 ms of its write, and no more than its rate gets through from then on', async () => {
    await limit({ rate: 1_000_000, burst: 1_000_000 });
    const { before } = await action().plan(plainCall(), params);
    const { allowed, refused, stop } = startTakers(20, redis.port, KEY);
    const took: number[] = [];
    let [written, acknowledged] = [0, 0];
    for (let round = 0; round < 7; round += 1) {
      await action().revert(plainCall(), params, before);
      const free = allowed.length;
      await waitFor('many to get through', () => allowed.length > free + 500, 30_000);
      const refusedBefore = refused.length;
      await action().apply(plainCall({ fence: async () => void (written = performance.now()) }), params, before);
      acknowledged = performance.now();
      took.push((await waitFor('a refusal', () => refused[refusedBefore], 30_000, 1)) - written);
    }
    await waitFor('a second to go by', () => performance.now() - acknowledged > 1_000, 30_000);
    await stop();
    const seconds = (performance.now() - acknowledged) / 1_000;
    const since = allowed.filter((at) => at > acknowledged).length;
    const sorted = took.toSorted((x, y) => x - y);
    const [median, worst] = [sorted[3] ?? Infinity, sorted[6] ?? Infinity];
    console.log(
      `from the last moment before the write to the first refusal: median of 7 ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms; ` +
        `then ${since} let through in ${seconds.toFixed(2)} s at 20 per second`,
    );
    expect(median).toBeLessThanOrEqual(100);
    expect(worst).toBeLessThanOrEqual(1_000);
    expect(await stored()).toEqual({ rate: '20', burst: '20', fullRate: '1000000', fullBurst: '1000000' });
    // Answers that were under way when the write was acknowledged are at most one for each of the 20.
    expect(since).toBeLessThanOrEqual(20 * seconds + 20 + 20);
  });

  it('is lifted in steps while it is healthy, with the burst, and leaves everything as it was', async () => {
    await limit({ rate: 100, burst: 50, owner: 'team search' });
    const { before } = await action().plan(plainCall(), params);
    await action().apply(plainCall(), params, before);
    const seen: unknown[] = [await stored()];
    const moods = ['healthy', 'unhealthy', 'healthy', 'unknown', 'healthy'] as const;
    for (const status of moods) {
      const lifting = { measure: async () => ({ status, detail: '' }) };
      await action().revert(plainCall({ lifting }), params, before);
      seen.push(await stored());
    }
    const at = (rate: string, burst: string) => ({
      rate,
      burst,
      fullRate: '100',
      fullBurst: '50',
      owner: 'team search',
    });
    const usual = { rate: '100', burst: '50', owner: 'team search' };
    const [throttled, half, more] = [at('20', '10'), at('40', '20'), at('60', '30')];
    expect(seen).toEqual([throttled, half, half, more, more, usual]);
  });

  it('goes back to no limit by the way to what counts as full', async () => {
    const listed = action({ buckets: ['search'] });
    const given = { ...params, full: 100 };
    const { before } = await listed.plan(plainCall(), given);
    await listed.apply(plainCall(), given, before);
    expect(await stored()).toEqual({ rate: '20', fullRate: 'none' });
    const lifting = { measure: async () => ({ status: 'healthy' as const, detail: '' }) };
    const rates: (string | undefined)[] = [];
    for (let step = 0; step < 3; step += 1) {
      await listed.revert(plainCall({ lifting }), given, before);
      rates.push((await stored())['rate']);
    }
    expect(rates).toEqual(['40', '60', undefined]);
    expect(await redis.client.exists(KEY)).toBe(0);
  });

  it('has a version that rises with every change, also when the limit went away in between', async () => {
    const listed = action({ buckets: ['search'] });
    const versions: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { before } = await listed.plan(plainCall(), params);
      await listed.apply(plainCall(), params, before);
      versions.push(await version());
      await listed.revert(plainCall(), params, before);
      expect(await version()).toBe(0);
    }
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    expect(await bucket().limit()).toBeUndefined();
  });
});

describe('what others do to the limit', () => {
  it.each([
    ['the rate', { rate: 90 }],
    ['the burst', { burst: 40 }],
    ['the version alone', { version: 8 }],
  ])('between the look and the write is not overruled: %s', async (_, theirs) => {
    await limit({ rate: 100, burst: 50, version: 7 });
    const { before } = await action().plan(plainCall(), params);
    const fence = async () => void (await limit(theirs));
    const error = await failure(action().apply(plainCall({ fence }), params, before));
    expect(error).toMatchObject({ code: 'changed-meanwhile', again: false });
    expect(await redis.client.hgetall(KEY)).toMatchObject(
      Object.fromEntries(Object.entries({ rate: 100, burst: 50, ...theirs }).map(([name, is]) => [name, String(is)])),
    );
  });

  it('after it was throttled is not overruled by taking it back', async () => {
    await limit({ rate: 100, burst: 50 });
    const { before } = await action().plan(plainCall(), params);
    await action().apply(plainCall(), params, before);
    await limit({ rate: 33 });
    expect(await failure(action().revert(plainCall(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await stored()).toMatchObject({ rate: '33' });
  });

  it('at the same moment: one of two opposite throttles is made, and the other told', async () => {
    await limit({ rate: 100, burst: 50 });
    const { before } = await action().plan(plainCall(), params);
    const ended = await Promise.allSettled(
      [20, 30].map((rate) => action().apply(plainCall(), { ...params, limit: rate }, before)),
    );
    expect(ended.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const [lost] = ended.filter((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'changed-meanwhile', again: false });
  });
});

describe('what can be throttled', () => {
  it('needs no more rights than the README says', async () => {
    const rights = ['+hmget', '+time', '+hset', '+hdel', '+eval'];
    await redis.client.acl('SETUSER', 'firebreak', 'on', '>canary-1', '~limit:*', ...rights);
    const one = action({ username: 'firebreak', password: 'canary-1', buckets: ['search'] });
    const { before } = await one.plan(plainCall(), params);
    await one.apply(plainCall(), params, before);
    await one.revert(plainCall(), params, before);
    expect(await redis.client.exists(KEY)).toBe(0);
  });

  it('S6: is only what is there or listed', async () => {
    const error = await failure(action().plan(plainCall(), params));
    expect(error).toMatchObject({ code: 'unknown-bucket', again: false });
    expect(error.message).toBe(
      'limit:search is not there: look at the name, or list the bucket in the configuration to have a limit made',
    );
    expect(action({ buckets: ['other'] }).params.safeParse(params).success).toBe(false);
  });

  it.each([{ rate: '1.5' }, { rate: 'many' }, { rate: '-1' }, { rate: 10, burst: '1e3' }])(
    'has whole numbers: %j is refused',
    async (fields) => {
      await limit(fields);
      expect(await failure(action().plan(plainCall(), params))).toMatchObject({ code: 'not-understood', again: false });
    },
  );
});

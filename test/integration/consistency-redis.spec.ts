import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/cut-over-center/index.js';
import type { Json, Measurement } from '../../src/plugin-sdk/index.js';
import { untilCaughtUp } from '../rig/redis-pair-state.js';
import { startRedisPair, type RedisPair } from '../rig/redis-pair.js';
import { waitFor } from '../rig/wait-for.js';

const params = { kind: 'redis', cluster: 'carts', within: '1h', settle: '50ms', keysPerSecond: 1_000_000 };

let pair: RedisPair;
beforeAll(async () => {
  // b keeps everything in another way than a, so that only the values are the same.
  pair = await startRedisPair({ settings: ['user reader on >geheim-4411 ~* &* +@all -eval_ro'] });
  for (const name of [
    'hash-max-listpack-entries',
    'list-max-listpack-size',
    'zset-max-listpack-entries',
    'set-max-intset-entries',
  ])
    await pair.b.redis.config('SET', name, '1');
});
afterAll(() => pair?.stop());
beforeEach(async () => {
  await pair.b.redis.config('SET', 'replica-read-only', 'yes');
  await pair.a.redis.flushall();
  await untilCaughtUp(pair);
});

/** Firebreak as a user that may let scripts read, or as one that may not. */
const USERS = [
  { who: 'with scripts', login: {} },
  { who: 'without scripts', login: { username: 'reader', password: 'geheim-4411' } },
];

function probe(login: { readonly [name: string]: string } = {}) {
  const node = ({ host, port }: RedisPair['a']) => ({ host, port, ...login });
  const log = { info: () => {}, warn: () => {} };
  const config = { redis: { clusters: { carts: { nodes: { a: node(pair.a), b: node(pair.b) } } } } };
  const found = plugin.instantiate(config, log).provided.probes?.['consistency'];
  if (found === undefined) throw new Error('the plugin has no consistency');
  const call = { signal: new AbortController().signal, log };
  return { params: found.params, measure: (given: Json = params): Promise<Measurement> => found.measure(call, given) };
}

async function fill(): Promise<void> {
  const { redis } = pair.a;
  await redis.set('text', 'value');
  await redis.set('empty', '');
  await redis.set('long', 'x'.repeat(200_000));
  await redis.set(Buffer.from([0, 255, 1]), Buffer.from([255, 0]));
  await redis.set('short-lived', 'value', 'PX', 3_600_000);
  await redis.rpush('list', ...Array.from({ length: 1_200 }, (_, i) => `element ${i}`));
  await redis.sadd('set', ...Array.from({ length: 1_200 }, (_, i) => `member ${i}`));
  await redis.sadd('numbers', ...Array.from({ length: 600 }, (_, i) => i));
  await redis.hset('hash', Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`field ${i}`, `value ${i}`])));
  await redis.zadd('sorted', ...Array.from({ length: 1_200 }, (_, i) => [i / 7, `member ${i}`]).flat());
  await redis.hset('small', { one: '1', two: '2' });
  await redis.sadd('few', 'ä', 'b', 'B');
  await redis.zadd('ranks', 1, 'one', 2.5, 'two');
  await redis.rpush('queue', 'ab', 'c');
  await redis.xadd('stream', '1-1', 'field', 'value');
  await redis.setbit('bits', 1_000, 1);
  await redis.pfadd('guess', 'a', 'b', 'c');
  const other = pair.a.redis.duplicate({ db: 3 });
  await other.set('in another database', 'value');
  other.disconnect();
  await untilCaughtUp(pair);
}

describe('cut-over-center/consistency on a real Redis pair', () => {
  it.each(USERS)(
    'finds both sides the same, whatever types they hold and however each keeps them, $who',
    async ({ login }) => {
      await fill();
      expect(await pair.a.redis.object('ENCODING', 'stream')).toBe(await pair.b.redis.object('ENCODING', 'stream'));
      expect(await pair.a.redis.object('ENCODING', 'small')).not.toBe(await pair.b.redis.object('ENCODING', 'small'));
      const measured = await probe(login).measure();
      expect(measured).toMatchObject({
        status: 'healthy',
        value: 0,
        values: {
          match: 18,
          mismatch: 0,
          missingHere: 0,
          missingThere: 0,
          unsettled: 0,
          passAgeSeconds: 0,
          progress: 1,
        },
        detail: 'redis carts: a (here) and b (there) agreed 0 s ago: 18 the same',
      });
    },
  );

  it.each(USERS)(
    'D7: says how many keys are different or missing on which side, and which come first, $who',
    async ({ login }) => {
      await fill();
      await pair.b.redis.config('SET', 'replica-read-only', 'no');
      const { redis } = pair.b;
      await redis.hset('hash', 'field 700', 'another');
      await redis.lset('list', 900, 'another');
      await redis.zadd('sorted', 1.5, 'member 3');
      await redis.setrange('long', 150_000, 'y');
      await redis.pexpire('short-lived', 60_000);
      await redis.del('text');
      await redis.set('extra', 'value');
      await redis.srem('set', 'member 1100');
      await redis.hset('small', { one: '2', two: '1' });
      await redis.srem('few', 'B');
      await redis.zadd('ranks', 2, 'one');
      await redis.lset('queue', 0, 'a');
      await redis.lset('queue', 1, 'bc');
      const measured = await probe(login).measure();
      expect(measured).toMatchObject({
        status: 'unhealthy',
        value: 12,
        values: { match: 7, mismatch: 10, missingHere: 1, missingThere: 1 },
      });
      expect(measured.detail).toContain('1 missing here ("extra"), 1 missing there ("text")');
      expect(await probe().measure({ ...params, most: 12 })).toMatchObject({ status: 'healthy' });
      expect(await probe().measure({ ...params, keep: 0 })).toMatchObject({
        detail: expect.not.stringContaining('extra'),
      });
    },
  );

  it('takes a slice at each call, and knows nothing for sure before the first pass is complete', async () => {
    const pipeline = pair.a.redis.pipeline();
    for (let i = 0; i < 3_000; i += 1) pipeline.set(`key:${i}`, i);
    await pipeline.exec();
    await untilCaughtUp(pair);
    const { measure } = probe();
    const slow = { ...params, slice: '50ms', keysPerSecond: 20_000 };
    const first = await measure(slow);
    expect(first).toMatchObject({ status: 'unknown', values: { mismatch: 0 } });
    expect(first.detail).toMatch(/are being compared for the first time: [\d,]+ of about 3,000$/);
    let calls = 1;
    const done = await waitFor(
      'the end of the pass',
      async () => {
        calls += 1;
        const one = await measure(slow);
        return one.status === 'healthy' && one;
      },
      30_000,
      1,
    );
    expect(done.values).toMatchObject({ match: 3_000, progress: 1 });
    expect(calls).toBeGreaterThan(3);
  });

  it('takes no write under way for a difference', async () => {
    await fill();
    let going = true;
    const writing = (async () => {
      for (let i = 0; going; i += 1) {
        await pair.a.redis.set(`hot:${i % 20}`, i);
        await pair.a.redis.incr('counter');
        if (i % 3 === 0) await pair.a.redis.del(`hot:${(i * 7) % 20}`);
      }
    })();
    const { measure } = probe();
    for (let pass = 0; pass < 3; pass += 1) {
      const { status, detail } = await measure({ ...params, within: '1ms' });
      expect(['healthy', 'unknown'], detail).toContain(status);
    }
    going = false;
    await writing;
  });

  it('is refused for clusters, nodes and kinds that the configuration does not name', () => {
    const { params: schema } = probe();
    for (const wrong of [
      { cluster: 'other' },
      { cluster: '__proto__' },
      { here: 'a', there: 'a' },
      { here: '10.0.0.1' },
      { kind: 'postgres' },
      { slice: '9s' },
      { keysPerSecond: 0 },
      { host: 'x' },
    ])
      expect(schema.safeParse({ ...params, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
  });
});

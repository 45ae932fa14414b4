import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/evict-stale-cache/index.js';
import { NOTES } from '../../plugins/evict-stale-cache/redis/config.js';
import { EVICT } from '../../plugins/evict-stale-cache/redis/scripts.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
  type ContractSubject,
} from '../../src/testing/action-contract.js';
import { startCacheRedis, type CacheRedis } from '../rig/cache-redis.js';
import { countWrites, type CountedWrites } from '../rig/counted-writes.js';
import { cacheConfig, contentsOf } from './evict-redis-kit.js';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const PASSWORD = 'canary-55c1e0';
const HOUR_S = 3_600;
const END = Date.now() + 86_400_000;
const params = { cache: 'main', match: 'config:*', idleLongerThan: '5m' };
const hostile = ['', '*', 'config:', 'config:**', 'config:?*', 'config:[a]*', 'con*', 'other:*', '../*', 'config:\n*'];
const nonsense: Json[] = [
  null,
  {},
  { cache: 'main' },
  { ...params, url: 'redis://10.0.0.1' },
  { ...params, idleLongerThan: '0s' },
  { ...params, tier: 'sessions' },
  { ...params, lruK: 3 },
  { ...params, share: { from: 10, to: 10 } },
  { ...params, share: { from: -1, to: 101 } },
  { ...params, maxKeys: 100_001 },
  { ...params, maxPercent: 90 },
  { ...params, keysPerSecond: 10_001 },
  ...[...hostile, '__proto__', 'toString', 'x'.repeat(10_000)].map((name) => ({ ...params, cache: name })),
  ...[...hostile, `config:${'x'.repeat(10_000)}*`].map((match) => ({ ...params, match })),
];

describe('evicting from a real Redis', () => {
  let cache: CacheRedis;
  let counted: CountedWrites;
  beforeAll(async () => {
    cache = await startCacheRedis([], PASSWORD);
    // Each batch is one script, which the server knows by its name; notes that are no eviction are none either.
    counted = await countWrites({ host: '127.0.0.1', port: cache.port }, new RegExp(sha1(EVICT.flagged), 'g'));
  });
  afterAll(async () => {
    counted?.stop();
    await cache?.stop();
  });

  /** Of 301 keys, 121 are stale and begin with `config:`. */
  async function reset(): Promise<void> {
    await cache.redis.flushall();
    const named = (prefix: string, count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, `value ${i}`]));
    await cache.putIdle(named('config:', 120), HOUR_S);
    await cache.putIdle(named('config:fresh:', 60), 10);
    await cache.putIdle(named('session:', 120), HOUR_S);
    await cache.putIdle({ 'config:ends': 'soon' }, HOUR_S, END);
  }

  const subject = (restorable: number): ContractSubject => ({
    action: 'redis',
    world: async (log: PluginLog): Promise<ActionWorld> => {
      const settings = { password: PASSWORD, restorable: { keys: restorable } };
      return {
        plugin: plugin.instantiate(cacheConfig(Number(counted.endpoint.split(':')[1]), settings), log),
        unreachable: plugin.instantiate(cacheConfig(1, settings), log),
        params,
        nonsense,
        read: () => contentsOf(cache.redis),
        reset,
        effects: counted.writes,
        close: async () => {},
      };
    },
  });
  const small = subject(500);
  // What is evicted without copies can't be taken back, and the plan says so.
  const large = subject(10);

  describeActionContract('evict-stale-cache/redis, few keys, with copies', small);
  describeActionContract('evict-stale-cache/redis, many keys', large);

  const always = { fence: async () => {} };
  const broken: [string, ContractSubject, string, (sound: Action) => Partial<Action>][] = [
    [
      'does not take back',
      small,
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
    [
      'ignores the fence',
      large,
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, ...always }, ...rest) }),
    ],
    [
      'ignores the fence when it takes back',
      small,
      'a revert whose fence is closed or whose signal is aborted fails and changes nothing',
      ({ revert }) => ({ revert: (call, ...rest) => revert({ ...call, ...always }, ...rest) }),
    ],
    [
      'ignores that it may not act any more',
      small,
      'an apply whose signal is aborted fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest) }),
    ],
    [
      'does only a part and says that it is done',
      large,
      'verify holds after apply and not before, and check then says that nothing is needed',
      ({ apply }) => ({
        apply: async (call, ...rest) => {
          let batches = 0;
          const fence = async (): Promise<void> => {
            await call.fence();
            batches += 1;
            if (batches > 1) throw new Error('enough');
          };
          await apply({ ...call, fence }, ...rest).catch(() => undefined);
          return { done: true };
        },
      }),
    ],
    [
      'believes its note and does not look',
      small,
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'evicts while it plans',
      large,
      'plan changes nothing',
      ({ plan }) => ({
        plan: async (...all) => {
          await cache.redis.del('config:3');
          return plan(...all);
        },
      }),
    ],
    [
      'makes another plan each time',
      small,
      'plan names what changes, and is the same when made again',
      ({ plan }) => ({
        plan: async (...all) => ({ ...(await plan(...all)), facts: { at: String(performance.now()) } }),
      }),
    ],
    [
      'writes something when it takes back what was never done',
      small,
      'revert of a step that was never applied does nothing',
      ({ revert }) => ({
        revert: async (...all) => {
          await cache.redis.set('config:removed', 'x');
          return revert(...all);
        },
      }),
    ],
    [
      'evicts more when it is asked once more',
      large,
      'apply twice with one key is one effect',
      ({ apply }) => {
        let calls = 0;
        return {
          apply: async (call, ...rest) => {
            calls += 1;
            if (calls > 1) await cache.redis.del(`session:${calls}`);
            return apply(call, ...rest);
          },
        };
      },
    ],
  ];

  it.each(broken)('the contract notices a variant that %s', async (_, sound, clause, variant) => {
    const found = await contractViolations(withVariant(sound, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });

  it('leaves nothing behind but its notes', async () => {
    const names = await cache.redis.keys('*');
    expect(names.filter((name) => !/^(config|session):/.test(name) && !name.startsWith(NOTES))).toEqual([]);
  });
});

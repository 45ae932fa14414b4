import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import plugin from '../../plugins/throttle/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';

const PASSWORD = 'canary-0f77-Passw0rd';
const KEY = 'limit:search';
const params = { server: 'limits', bucket: 'search', limit: 20 };
const nonsense: Json[] = [
  null,
  {},
  { ...params, server: '127.0.0.1:6379' },
  { ...params, server: '__proto__' },
  { ...params, rate: 1 },
  ...['', '*', '-x', 'search:left', 'a b', 'a\nb', 'a\0', 'a\r\nFLUSHALL\r\n', '{{7*7}}', 'x'.repeat(129), 7, null].map(
    (bucket) => ({
      ...params,
      bucket,
    }),
  ),
  ...[0, -1, 1.5, '20', 2_000_000_000, null].map((limit) => ({ ...params, limit })),
  { ...params, full: 10 },
  { ...params, lift: { stages: [50, 25] } },
];

type More = { readonly [name: string]: Json };

describe('throttle/redis-bucket against a real Redis', () => {
  let redis: LoneRedis;
  beforeAll(async () => {
    redis = await startLoneRedis({ password: PASSWORD });
  });
  afterAll(() => redis?.stop());

  const section = (port: number, more: More) => ({
    redisBucket: {
      servers: { limits: { host: '127.0.0.1', port, password: PASSWORD, prefix: 'limit:', ...more } },
      timeout: '2s',
    },
  });

  async function world(log: PluginLog, was: Readonly<Record<string, string>>, more: More = {}): Promise<ActionWorld> {
    const { client } = redis;
    return {
      plugin: plugin.instantiate(section(redis.port, more), log),
      unreachable: plugin.instantiate(section(1, more), log),
      params,
      nonsense,
      // The version rises with every change, also with one that takes another one back.
      read: async () => {
        const { version: _version, ...fields } = await client.hgetall(KEY);
        return { keys: (await client.keys('*')).toSorted(), fields };
      },
      reset: async () => {
        await client.flushdb();
        if (Object.keys(was).length > 0) await client.hset(KEY, was);
      },
      // Each write is one script; looking needs none.
      effects: async () => {
        const [, calls = '0'] = /cmdstat_eval:calls=(\d+)/.exec(await client.info('commandstats')) ?? [];
        return z.coerce.number().parse(calls);
      },
      close: async () => {},
    };
  }

  const usual = { rate: '100', burst: '50', version: '7', owner: 'team search' };
  describeActionContract('a limit that is there', {
    action: 'redis-bucket',
    world: (log) => world(log, usual),
  });

  describeActionContract('a limit without a burst of its own', {
    action: 'redis-bucket',
    world: (log) => world(log, { rate: '100' }),
  });

  describeActionContract('a listed bucket that has no limit yet', {
    action: 'redis-bucket',
    world: async (log) => ({
      ...(await world(log, {}, { buckets: ['search'] })),
      nonsense: [...nonsense, { ...params, bucket: 'other' }],
      params: { ...params, full: 100 },
    }),
  });

  describeActionContract('a limit that is throttled already', {
    action: 'redis-bucket',
    world: (log) => world(log, { rate: '40', burst: '20', fullRate: '100', fullBurst: '50', version: '7' }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: () => redis.client.hset(KEY, 'rate', '100').then(() => ({ done: true as const })) }),
    ],
    [
      'revert of a step that was never applied does nothing',
      () => ({ revert: () => redis.client.hdel(KEY, 'burst').then(() => ({ done: true as const })) }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'no secret of the configuration is in a log line, an error or a plan',
      ({ plan }) => ({
        plan: (call, given) => {
          call.log.info(`asking with ${PASSWORD}`);
          return plan(call, given);
        },
      }),
    ],
  ];

  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const subject = { action: 'redis-bucket', world: (log: PluginLog) => world(log, usual) };
    const found = await contractViolations(withVariant(subject, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

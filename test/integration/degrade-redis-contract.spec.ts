import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/degrade-feature/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';

const PASSWORD = 'canary-6d20-Passw0rd';
const KEY = 'feature:recommendations';
const params = { server: 'flags', feature: 'recommendations' };
const nonsense: Json[] = [
  null,
  {},
  { ...params, server: '127.0.0.1:6379' },
  { ...params, server: '__proto__' },
  { ...params, key: 'x' },
  ...['', '*', '-x', '.x', 'a b', 'a\nb', 'a\0', 'a*', 'a\r\nFLUSHALL\r\n', '{{7*7}}', 'x'.repeat(129), 7, null].map(
    (feature) => ({ ...params, feature }),
  ),
  ...['false', 0, null].map((enabled) => ({ ...params, enabled })),
];

type More = { readonly [name: string]: Json };

describe('degrade-feature/redis against a real Redis', () => {
  let redis: LoneRedis;
  beforeAll(async () => {
    redis = await startLoneRedis({ password: PASSWORD });
  });
  afterAll(() => redis?.stop());

  const section = (port: number, more: More) => ({
    redis: { servers: { flags: { host: '127.0.0.1', port, password: PASSWORD, ...more } }, timeout: '2s' },
  });

  async function world(log: PluginLog, more: More = { prefix: 'feature:' }): Promise<ActionWorld> {
    const { client } = redis;
    return {
      plugin: plugin.instantiate(section(redis.port, more), log),
      unreachable: plugin.instantiate(section(1, more), log),
      params,
      nonsense,
      read: () => redis.dump(),
      reset: async () => {
        await client.flushdb();
        await client.mset(KEY, 'true', 'feature:other', 'true');
      },
      effects: () => redis.effects(),
      close: async () => {},
    };
  }

  describeActionContract('a key, from true to false', { action: 'redis', world: (log) => world(log) });

  describeActionContract('a key with a time to live, from 0 to 1', {
    action: 'redis',
    world: async (log) => ({
      ...(await world(log, { prefix: 'feature:', on: 1, off: 0 })),
      params: { ...params, enabled: true },
      reset: async () => {
        await redis.client.flushdb();
        await redis.client.set(KEY, '0', 'PXAT', 4_102_444_800_000);
      },
    }),
  });

  describeActionContract('a listed feature that has no key yet', {
    action: 'redis',
    world: async (log) => ({
      ...(await world(log, { prefix: 'feature:', features: ['recommendations'] })),
      nonsense: [...nonsense, { ...params, feature: 'other' }],
      reset: async () => void (await redis.client.flushdb()),
    }),
  });

  describeActionContract('a field in the hash of all features', {
    action: 'redis',
    world: async (log) => ({
      ...(await world(log, { hash: 'features' })),
      reset: async () => {
        await redis.client.flushdb();
        await redis.client.hset('features', { recommendations: 'true', other: 'true' });
      },
    }),
  });

  describeActionContract('the only field, which is not there yet', {
    action: 'redis',
    world: async (log) => ({
      ...(await world(log, { hash: 'features', features: ['recommendations'] })),
      reset: async () => void (await redis.client.flushdb()),
    }),
  });

  describeActionContract('a field in the hash of the feature', {
    action: 'redis',
    world: async (log) => ({
      ...(await world(log, { prefix: 'feature:', hashField: 'enabled' })),
      reset: async () => {
        await redis.client.flushdb();
        await redis.client.hset(KEY, { enabled: 'true', owner: 'shop' });
      },
    }),
  });

  describeActionContract('a field of a JSON text, in another database', {
    action: 'redis',
    world: async (log) => ({
      ...(await world(log, { prefix: 'feature:', field: 'enabled', db: 3 })),
      reset: async () => {
        await redis.client.flushall();
        await redis.client.select(3);
        await redis.client.set(KEY, '{"owner":"shop", "enabled":true}');
      },
      close: async () => {
        await redis.client.flushall();
        await redis.client.select(0);
      },
    }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'apply twice with one key is one effect',
      () => ({ apply: () => redis.client.set(KEY, 'false').then(() => ({ done: true as const })) }),
    ],
    [
      'revert of a step that was never applied does nothing',
      () => ({ revert: () => redis.client.set(KEY, 'true').then(() => ({ done: true as const })) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: () => redis.client.del(KEY).then(() => ({ done: true as const })) }),
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
    const found = await contractViolations(withVariant({ action: 'redis', world: (log) => world(log) }, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

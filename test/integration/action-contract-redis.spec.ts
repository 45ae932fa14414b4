import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/cut-over-center/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { bringHome, stateOfPair } from '../rig/redis-pair-state.js';
import { startRedisPair, type RedisPair } from '../rig/redis-pair.js';
import { startTcpProxy, type TcpProxy } from '../rig/tcp-proxy.js';

const PASSWORD = 'canary-7f2b91';
const params = { cluster: 'carts', from: 'a', to: 'b' };
const hostile = ['', '*', 'c', '../a', 'a b', 'a\nb', 'a;FLUSHALL', '__proto__', 'toString', 'x'.repeat(10_000)];
const nonsense: Json[] = [
  null,
  {},
  { ...params, to: 'a' },
  { ...params, host: '10.0.0.1' },
  ...hostile.flatMap((name) => [
    { ...params, cluster: name },
    { ...params, from: name },
    { ...params, to: name },
  ]),
];

describe('Redis: the actions of a cut-over against a real pair', () => {
  let pair: RedisPair;
  let passage: TcpProxy;
  beforeAll(async () => {
    pair = await startRedisPair({ password: PASSWORD });
    // b follows a through a proxy, so that a test can hold up what b has not got yet.
    passage = await startTcpProxy({ host: pair.a.host, port: pair.a.port });
  });
  afterAll(async () => {
    await passage?.stop();
    await pair?.stop();
  });

  const config = (ports: { readonly a: number; readonly b: number }) => ({
    redis: {
      clusters: {
        carts: {
          nodes: {
            a: {
              host: '127.0.0.1',
              port: ports.a,
              password: PASSWORD,
              replicateFrom: { host: '127.0.0.1', port: passage.port },
            },
            b: { host: '127.0.0.1', port: ports.b, password: PASSWORD },
          },
        },
      },
      timeout: '2s',
    },
  });

  function world(log: PluginLog, reset: () => Promise<void>): ActionWorld {
    return {
      plugin: plugin.instantiate(config({ a: pair.a.port, b: pair.b.port }), log),
      unreachable: plugin.instantiate(config({ a: 1, b: 1 }), log),
      params,
      nonsense,
      read: async () => z.json().parse(await stateOfPair(pair)),
      reset: async () => {
        passage.set('open');
        await reset();
      },
      close: async () => passage.set('open'),
    };
  }

  const home = (closed: boolean) => () => bringHome(pair, closed, passage.port);

  describeActionContract('cut-over-center/redis-fence', {
    action: 'redis-fence',
    world: async (log) => world(log, home(false)),
  });

  describeActionContract('cut-over-center/redis-promote', {
    action: 'redis-promote',
    world: async (log) => world(log, home(true)),
  });

  describeActionContract('cut-over-center/redis-catch-up', {
    action: 'redis-catch-up',
    world: async (log) => {
      const plain = world(log, async () => {
        await home(false)();
        passage.set('cut');
        await pair.a.redis.set('late', 'write');
        await pair.a.redis.config('SET', 'min-replicas-to-write', '2147483647');
      });
      const sound = plain.plugin.provided.actions?.['redis-catch-up'];
      if (sound === undefined) throw new Error('the plugin has no redis-catch-up');
      // What it waits for comes while it waits.
      const apply: Action['apply'] = (...all) => {
        passage.set('open');
        return sound.apply(...all);
      };
      const provided = { actions: { 'redis-catch-up': { ...sound, apply } } };
      return { ...plain, plugin: { ...plain.plugin, provided } };
    },
  });

  describeActionContract('cut-over-center/redis-rejoin', {
    action: 'redis-rejoin',
    world: async (log) => ({
      ...world(log, async () => {
        await home(false)();
        await pair.b.redis.replicaof('NO', 'ONE');
        await pair.b.redis.config('REWRITE');
      }),
      params: { cluster: 'carts', node: 'a', follow: 'b' },
      nonsense: [
        ...nonsense,
        params,
        ...hostile.flatMap((name) => [
          { cluster: 'carts', node: name, follow: 'b' },
          { cluster: 'carts', node: 'a', follow: name },
        ]),
      ],
    }),
  });

  const broken: [string, string, (sound: Action) => Partial<Action>][] = [
    [
      'redis-fence',
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'redis-promote',
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
  ];

  it.each(broken)('a variant of %s does not keep "%s"', async (action, clause, variant) => {
    const found = await contractViolations(
      withVariant({ action, world: async (log) => world(log, home(action === 'redis-promote')) }, variant),
    );
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

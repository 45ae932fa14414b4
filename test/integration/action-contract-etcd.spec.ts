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
import { startEtcd, type RigEtcd } from '../rig/etcd.js';
import { freePort } from '../rig/processes.js';

const KEY = '/services/orders/active';
const PASSWORD = 'canary-7d41-Passw0rd';
const params = { cluster: 'main', key: 'orders/active', value: { center: 'b', since: '{{7*7}}' } };
const nonsense: Json[] = [
  null,
  {},
  { ...params, cluster: 'http://127.0.0.1:2379' },
  { ...params, cluster: 'toString' },
  { ...params, vlaue: 'x' },
  ...[
    '',
    '/',
    '/orders/active',
    'orders/active/',
    'orders//active',
    '../firebreak/marks/x',
    'orders/../../x',
    'orders/.hidden',
    '*',
    'orders/*',
    'a b',
    'a;b',
    'a\nb',
    'a\0',
    'örders',
    'a\u202Eb',
    '{{7*7}}',
    '-- \\',
    'x'.repeat(10_000),
  ].map((key) => ({ ...params, key })),
  { ...params, value: '' },
  { ...params, value: null },
  { ...params, value: 'x'.repeat(65 * 1024) },
  ...['', '4s', '0s', '-10s', '2d', '5500ms', '10', 10].map((lease) => ({ ...params, lease })),
];

describe('cut-over-center/etcd against a real etcd', () => {
  let etcd: RigEtcd;
  beforeAll(async () => {
    etcd = await startEtcd();
    await etcd.requireLogin(PASSWORD);
  });
  afterAll(() => etcd?.stop());

  const section = (url: string) => ({
    etcd: {
      clusters: { main: { endpoints: [url], username: 'root', password: PASSWORD, prefix: '/services/' } },
      timeout: '3s',
    },
  });

  async function world(log: PluginLog): Promise<ActionWorld> {
    return {
      plugin: plugin.instantiate(section(etcd.url), log),
      unreachable: plugin.instantiate(section(`http://127.0.0.1:${await freePort()}`), log),
      params,
      nonsense,
      read: async () => {
        const found = await etcd.get(KEY);
        return found === undefined ? null : { value: found.value, lease: found.lease };
      },
      reset: () => etcd.put(KEY, '{"center":"a"}'),
      effects: () => etcd.revision(),
      close: async () => {},
    };
  }

  describeActionContract('from one value to another', { action: 'etcd', world });

  describeActionContract('for a key that is not there yet', {
    action: 'etcd',
    world: async (log) => ({ ...(await world(log)), reset: () => etcd.remove(KEY) }),
  });

  describeActionContract('with a lease of its own', {
    action: 'etcd',
    world: async (log) => ({ ...(await world(log)), params: { ...params, lease: '1m' } }),
  });

  describeActionContract('for a key that hangs on a lease', {
    action: 'etcd',
    world: async (log) => {
      const lease = await etcd.grant(600);
      return { ...(await world(log)), reset: () => etcd.put(KEY, 'a', lease) };
    },
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'apply twice with one key is one effect',
      () => ({
        apply: async () => {
          await etcd.put(KEY, JSON.stringify(params.value));
          return { done: true };
        },
      }),
    ],
    [
      'revert of a step that was never applied does nothing',
      () => ({
        revert: async () => {
          await etcd.put(KEY, '{"center":"a"}');
          return { done: true };
        },
      }),
    ],
    [
      'no secret of the configuration is in a log line, an error or a plan',
      ({ check, plan }) => ({
        check,
        plan: (call, given) => {
          call.log.info(`asking with ${PASSWORD}`);
          return plan(call, given);
        },
      }),
    ],
  ];

  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(withVariant({ action: 'etcd', world: async (log) => world(log) }, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

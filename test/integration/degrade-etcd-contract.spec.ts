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
import { startEtcd, type RigEtcd } from '../rig/etcd.js';
import { freePort } from '../rig/processes.js';

const KEY = '/features/shop/recommendations';
const PASSWORD = 'canary-51c0-Passw0rd';
const params = { cluster: 'main', feature: 'shop/recommendations' };
const nonsense: Json[] = [
  null,
  {},
  { ...params, cluster: 'http://127.0.0.1:2379' },
  { ...params, cluster: 'toString' },
  { ...params, faeture: 'x' },
  ...[
    '',
    '/',
    '/shop',
    'shop/',
    '..',
    '../marks/x',
    'shop/../../x',
    '*',
    'shop/*',
    'a b',
    'a\nb',
    'a\0',
    '{{7*7}}',
  ].map((feature) => ({ ...params, feature })),
  ...['false', 0, null, 'off'].map((enabled) => ({ ...params, enabled })),
];

describe('degrade-feature/etcd against a real etcd', () => {
  let etcd: RigEtcd;
  beforeAll(async () => {
    etcd = await startEtcd();
    await etcd.requireLogin(PASSWORD);
  });
  afterAll(() => etcd?.stop());

  const section = (url: string, more: { readonly [name: string]: Json }) => ({
    etcd: {
      clusters: { main: { endpoints: [url], username: 'root', password: PASSWORD, prefix: '/features/', ...more } },
      timeout: '3s',
    },
  });

  async function world(log: PluginLog, more: { readonly [name: string]: Json } = {}): Promise<ActionWorld> {
    return {
      plugin: plugin.instantiate(section(etcd.url, more), log),
      unreachable: plugin.instantiate(section(`http://127.0.0.1:${await freePort()}`, more), log),
      params,
      nonsense,
      read: async () => {
        const found = await etcd.get(KEY);
        return found === undefined ? null : { value: found.value, lease: found.lease };
      },
      reset: () => etcd.put(KEY, 'true'),
      effects: () => etcd.revision(),
      close: async () => {},
    };
  }

  describeActionContract('from true to false', { action: 'etcd', world: (log) => world(log) });

  describeActionContract('from off to on, in words', {
    action: 'etcd',
    world: async (log) => ({
      ...(await world(log, { on: 'on', off: 'off' })),
      params: { ...params, enabled: true },
      reset: () => etcd.put(KEY, 'off'),
    }),
  });

  describeActionContract('as a field among others', {
    action: 'etcd',
    world: async (log) => ({
      ...(await world(log, { field: 'enabled' })),
      reset: () => etcd.put(KEY, '{ "owner": "shop",  "enabled": true, "share": 1.50 }'),
    }),
  });

  describeActionContract('for a feature that is listed and has no key yet', {
    action: 'etcd',
    world: async (log) => ({
      ...(await world(log, { features: ['shop/recommendations'] })),
      nonsense: [...nonsense, { ...params, feature: 'shop/other' }],
      reset: () => etcd.remove(KEY),
    }),
  });

  describeActionContract('for a key that hangs on a lease', {
    action: 'etcd',
    world: async (log) => {
      const lease = await etcd.grant(600);
      return { ...(await world(log)), reset: () => etcd.put(KEY, 'true', lease) };
    },
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'apply twice with one key is one effect',
      () => ({ apply: () => etcd.put(KEY, 'false').then(() => ({ done: true as const })) }),
    ],
    [
      'revert of a step that was never applied does nothing',
      () => ({ revert: () => etcd.put(KEY, 'true').then(() => ({ done: true as const })) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
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
    const found = await contractViolations(withVariant({ action: 'etcd', world: (log) => world(log) }, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../../src/testing/action-contract.js';
import type { Change, Json, PluginLog } from '../../../src/plugin-sdk/index.js';
import { countWrites } from '../../../test/rig/counted-writes.js';
import { startHaproxy, type RigHaproxy } from '../../../test/rig/haproxy.js';
import plugin from '../index.js';

const params = {
  backend: 'centers',
  servers: [
    { server: 'a', state: 'maint' },
    { server: 'b', state: 'ready', weight: 50 },
  ],
};
const nonsense: Json[] = [
  null,
  {},
  { ...params, endpoint: '/tmp/other.sock' },
  { ...params, backends: 'centers' },
  { ...params, servers: [] },
  ...[
    '',
    '*',
    'a b',
    'a;b',
    'a\nb',
    'a/b',
    '#1',
    '{{7*7}}',
    '../a',
    'a\0',
    'a\u202Eb',
    '-- \\',
    "a'",
    'x'.repeat(10_000),
  ].flatMap((name) => [
    { ...params, backend: name },
    { ...params, servers: [{ server: name, state: 'maint' }] },
  ]),
  { ...params, servers: [{ server: 'a' }] },
  { ...params, servers: [{ server: 'a', state: 'off' }] },
  { ...params, servers: [{ server: 'a', weight: 257 }] },
  { ...params, servers: [{ server: 'a', weight: 1.5 }] },
  { ...params, servers: [{ server: 'a', weight: '5' }] },
  {
    ...params,
    servers: [
      { server: 'a', state: 'maint' },
      { server: 'a', state: 'ready' },
    ],
  },
];

describe('cut-over-center/haproxy against a real HAProxy', () => {
  let haproxy: RigHaproxy;
  beforeAll(async () => {
    haproxy = await startHaproxy({ a: '127.0.0.1:1', b: '127.0.0.1:1' });
  });
  afterAll(() => haproxy?.stop());

  async function world(endpoint: string, log: PluginLog): Promise<Omit<ActionWorld, 'close'>> {
    return {
      plugin: plugin.instantiate({ endpoint }, log),
      params,
      nonsense,
      // Without the age of the last change and the checks' own affairs.
      read: async () => {
        const rows = (await haproxy.tell('show servers state centers')).split('\n').slice(2);
        return rows.map((row) => row.split(' ').slice(3, 9));
      },
      reset: async () => {
        await haproxy.tell('set server centers/a state ready; set server centers/a weight 1');
        await haproxy.tell('set server centers/b state maint; set server centers/b weight 1');
      },
    };
  }

  describeActionContract('over TCP, with writes counted', {
    action: 'haproxy',
    world: async (log) => {
      const [host = '', port] = haproxy.admin.split(':');
      const counted = await countWrites({ host, port: Number(port) }, /set server /g);
      const plain = await world(counted.endpoint, log);
      return { ...plain, effects: counted.writes, close: async () => counted.stop() };
    },
  });

  describeActionContract('over a unix socket', {
    action: 'haproxy',
    world: async (log) => ({ ...(await world(haproxy.adminSocket, log)), close: async () => {} }),
  });

  const earlier: Change[] = [{ resource: 'haproxy/centers/b', attribute: 'weight', from: 30, to: 1 }];
  describeActionContract('after a step that changed a weight', {
    action: 'haproxy',
    world: async (log) => ({ ...(await world(haproxy.adminSocket, log)), earlier, close: async () => {} }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
    [
      'plan changes nothing',
      ({ plan }) => ({
        plan: async (...all) => {
          const made = await plan(...all);
          await haproxy.tell('set server centers/a state maint');
          return made;
        },
      }),
    ],
  ];

  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(
      withVariant(
        {
          action: 'haproxy',
          world: async (log) => ({ ...(await world(haproxy.adminSocket, log)), close: async () => {} }),
        },
        variant,
      ),
    );
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

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
import { bindKey, startBind, type RigBind } from '../rig/bind.js';
import { freePort } from '../rig/processes.js';

const params = { server: 'main', name: 'orders.example.test', type: 'A', values: ['192.0.2.2', '192.0.2.3'], ttl: 20 };
const nonsense: Json[] = [
  null,
  {},
  { ...params, server: '127.0.0.1:53' },
  { ...params, server: 'toString' },
  { ...params, nmae: 'x' },
  { ...params, type: 'SOA' },
  { ...params, type: 'NS' },
  { ...params, type: 'a' },
  ...[
    '',
    '.',
    '*',
    '*.example.test',
    'orders.*.example.test',
    'orders',
    'orders.example.test.',
    'Orders.example.test',
    'orders..example.test',
    '.orders.example.test',
    'orders.other.test',
    'ordersexample.test',
    'or ders.example.test',
    'orders;.example.test',
    'orders\0.example.test',
    'orders\n.example.test',
    'orders\\046.example.test',
    '-orders.example.test',
    'örders.example.test',
    '\u202Eorders.example.test',
    '../example.test',
    '{{7*7}}.example.test',
    `${'x'.repeat(64)}.example.test`,
    `${'x'.repeat(10_000)}.example.test`,
    `${'x.'.repeat(130)}example.test`,
  ].map((name) => ({ ...params, name })),
  ...[
    [],
    [''],
    ['192.0.2.2', '192.0.2.2'],
    ['192.0.2.256'],
    ['192.0.2'],
    ['0xc0000202'],
    ['192.0.2.2 '],
    ['192.0.2.2\n192.0.2.3'],
    ['::1'],
    ['orders.example.test'],
    [1],
    ['9'.repeat(10_000)],
    Array.from({ length: 33 }, (_, index) => `192.0.2.${index}`),
  ].map((values) => ({ ...params, values })),
  { ...params, type: 'AAAA', values: ['192.0.2.2'] },
  { ...params, type: 'AAAA', values: ['fe80::1%eth0'] },
  { ...params, type: 'AAAA', values: ['2001:db8::1', '2001:DB8:0::1'] },
  { ...params, type: 'CNAME', values: ['a.example.test', 'b.example.test'] },
  { ...params, type: 'CNAME', values: ['orders.example.test'] },
  { ...params, type: 'CNAME', values: ['a b'] },
  { ...params, type: 'CNAME', name: 'example.test', values: ['a.example.org'] },
  ...[-1, 0, 1.5, '20', 2 ** 31].map((ttl) => ({ ...params, ttl })),
];

const key = bindKey('hmac-sha512');
const section = (address: string) => ({
  dns: { servers: { main: { address, zone: 'example.test', key } }, timeout: '3s' },
});

describe('cut-over-center/dns against a real BIND', () => {
  let bind: RigBind;
  beforeAll(async () => {
    bind = await startBind({ zone: 'example.test', records: [], key });
  });
  afterAll(() => bind?.stop());

  async function world(log: PluginLog): Promise<ActionWorld> {
    return {
      plugin: plugin.instantiate(section(bind.address), log),
      unreachable: plugin.instantiate(section(`127.0.0.1:${await freePort()}`), log),
      params,
      nonsense,
      read: async () => (await bind.lookUp('orders.example.test', 'A')).map((record) => [...record]),
      reset: () => bind.put('orders.example.test', 'A', ['192.0.2.1', '192.0.2.2'], 60),
      effects: () => bind.serial(),
      close: async () => {},
    };
  }

  describeActionContract('from two addresses to two others', { action: 'dns', world });

  describeActionContract('for a name that is not there yet', {
    action: 'dns',
    world: async (log) => ({ ...(await world(log)), reset: () => bind.put('orders.example.test', 'A', [], 60) }),
  });

  describeActionContract('when only the TTL changes', {
    action: 'dns',
    world: async (log) => ({
      ...(await world(log)),
      reset: () => bind.put('orders.example.test', 'A', params.values, 3_600),
    }),
  });

  describeActionContract('for an alias', {
    action: 'dns',
    world: async (log) => ({
      ...(await world(log)),
      params: { server: 'main', name: 'www.example.test', type: 'CNAME', values: ['b.example.org'] },
      read: async () => (await bind.lookUp('www.example.test', 'CNAME')).map((record) => [...record]),
      reset: () => bind.put('www.example.test', 'CNAME', ['a.example.org'], 60),
    }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({
        revert: (call, given) => revert(call, given, { values: ['192.0.2.1', '192.0.2.2'], ttl: 61 }),
      }),
    ],
    [
      'plan changes nothing',
      ({ plan }) => ({
        plan: async (...all) => {
          const made = await plan(...all);
          await bind.put('orders.example.test', 'A', ['192.0.2.9'], 60);
          return made;
        },
      }),
    ],
    [
      'no secret of the configuration is in a log line, an error or a plan',
      ({ plan }) => ({
        plan: async (call, given) => {
          call.log.info(`signing with ${key.secret}`);
          return plan(call, given);
        },
      }),
    ],
    ['apply twice with one key is one effect', () => ({ apply: unconditional() })],
  ];

  /** An apply that takes away and adds without looking, as many tools do. */
  function unconditional(): Action['apply'] {
    return async () => {
      await bind.put('orders.example.test', 'A', params.values, params.ttl + 1);
      await bind.put('orders.example.test', 'A', params.values, params.ttl);
      return { done: true };
    };
  }

  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(withVariant({ action: 'dns', world: async (log) => world(log) }, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import type { Json, PluginLog } from '../../../src/plugin-sdk/index.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../../src/testing/action-contract.js';
import { countWrites } from '../../../test/rig/counted-writes.js';
import { startPlainHaproxy, type PlainHaproxy } from '../../../test/rig/plain-haproxy.js';
import plugin from '../index.js';

const lift = { stages: [25, 50, 100], every: '100ms', within: '5s' };
const server = { of: { backend: 'centers', server: 'a' }, limit: 20, lift };
const free = { of: { backend: 'centers', server: 'b' }, limit: 20, full: 100, lift };
const entry = { of: { map: 'rates', key: 'shop' }, limit: 20, lift };

const names = ['', '*', 'a b', 'a;b', 'a\nb', 'a/b', '#1', '{{7*7}}', 'a\0', "a'", 'a\\', '<<', 'x'.repeat(10_000)];
const nonsense: Json[] = [
  null,
  {},
  { ...server, endpoint: '/tmp/other.sock' },
  { ...server, of: { backend: 'centers' } },
  { ...server, of: { frontend: 'public', backend: 'centers', server: 'a' } },
  { ...server, of: '/etc/haproxy/rates.map' },
  ...['/etc/passwd', 'other', '__proto__', 'toString', ''].map((map) => ({ ...entry, of: { map, key: 'shop' } })),
  ...names.flatMap((name) => [
    { ...server, of: { backend: name, server: 'a' } },
    { ...server, of: { backend: 'centers', server: name } },
    { ...server, of: { frontend: name } },
    { ...entry, of: { map: 'rates', key: name } },
  ]),
  ...[0, -1, 1.5, '20', null, 1e10].map((limit) => ({ ...server, limit })),
  { ...free, full: 20 },
  ...[[], [100, 50], [25, 25, 100], [25, 50], [0, 100], [50, 101]].map((stages) => ({
    ...server,
    lift: { ...lift, stages },
  })),
  { ...server, lift: { ...lift, within: '200ms' } },
  { ...server, lift: { ...lift, every: '1ms' } },
  { ...server, lift: 'never' },
];

describe('throttle/haproxy against a real HAProxy', () => {
  let haproxy: PlainHaproxy;
  let map: string;
  beforeAll(async () => {
    haproxy = await startPlainHaproxy(
      (folder) => `
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend public
  bind ${folder}/public.sock
  http-request deny deny_status 429 if { fe_req_rate,sub(1) -m int gt 0 } { str(shop),map_str_int(${folder}/rates.map,9) lt 1 }
  default_backend centers
backend centers
  server a 127.0.0.1:1 maxconn 50
  server b 127.0.0.1:1
`,
      { 'rates.map': 'other 7\n' },
    );
    map = `${haproxy.folder}/rates.map`;
  });
  afterAll(() => haproxy?.stop());

  async function world(params: Json, endpoint: string, log: PluginLog): Promise<Omit<ActionWorld, 'close'>> {
    return {
      plugin: plugin.instantiate({ haproxy: { endpoint, maps: { rates: map } } }, log),
      params,
      nonsense,
      read: async () => {
        const limits = (await haproxy.tell('show stat centers 4 -1')).split('\n').slice(1);
        const entries = (await haproxy.tell(`show map ${map}`)).split('\n');
        return {
          limits: limits.map((row) => row.split(',').filter((_, i) => [1, 6].includes(i))),
          entries: entries.map((row) => row.split(' ').slice(1).join(' ')).sort(),
        };
      },
      reset: async () => {
        await haproxy.tell('set maxconn server centers/a 50; set maxconn server centers/b 0');
        await haproxy.tell(`del map ${map} shop`);
        await haproxy.tell(`add map ${map} shop 100`);
      },
    };
  }

  describeActionContract('lowering maxconn of a server, with writes counted', {
    action: 'haproxy',
    world: async (log) => {
      const counted = await countWrites({ path: haproxy.socket }, /set maxconn|(add|set|del|clear|commit) map/g);
      const plain = await world(server, counted.endpoint, log);
      return { ...plain, effects: counted.writes, close: async () => counted.stop() };
    },
  });

  describeActionContract('limiting a server that had no limit', {
    action: 'haproxy',
    world: async (log) => ({ ...(await world(free, haproxy.socket, log)), close: async () => {} }),
  });

  describeActionContract('lowering the entry of a map', {
    action: 'haproxy',
    world: async (log) => ({ ...(await world(entry, haproxy.socket, log)), close: async () => {} }),
  });

  describeActionContract('limiting what has no entry in a map yet, lifted at once', {
    action: 'haproxy',
    world: async (log) => {
      const absent = { of: { map: 'rates', key: 'new' }, limit: 3, lift: 'at-once' };
      const plain = await world(absent, haproxy.socket, log);
      return { ...plain, reset: async () => void (await haproxy.tell(`del map ${map} new`)), close: async () => {} };
    },
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({ revert: (call, params) => revert(call, params, { limit: 40 }) }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'apply twice with one key is one effect',
      ({ apply }) => ({
        apply: async (call, ...rest) => {
          await haproxy.tell(`add map ${map} again ${call.epoch}`);
          return apply(call, ...rest);
        },
      }),
    ],
    [
      'a change that nobody needs any more is taken back completely, in stages or at once',
      ({ revert }) => ({
        revert: async (call, ...rest) => {
          const progress = await revert(call, ...rest);
          return call.lifting === undefined ? progress : { done: true };
        },
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(
      withVariant(
        {
          action: 'haproxy',
          world: async (log) => ({ ...(await world(server, haproxy.socket, log)), close: async () => {} }),
        },
        variant,
      ),
    );
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

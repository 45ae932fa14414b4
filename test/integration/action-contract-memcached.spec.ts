import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/evict-stale-cache/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { startMemcached, type RigMemcached } from '../rig/memcached.js';
import { freePort } from '../rig/processes.js';

const login = { username: 'firebreak', password: 'canary-3b1f-Passw0rd' };
const keys = ['session:42', 'session:größe', 'session:gone', 'session:forever'];
const byKeys = { cache: 'sessions', keys };
const byNamespace = { cache: 'sessions', namespace: 'catalogue' };
const nonsense: Json[] = [
  null,
  {},
  { cache: 'sessions' },
  { ...byKeys, ...byNamespace },
  { ...byKeys, cache: '127.0.0.1:11211' },
  { ...byKeys, cache: 'toString' },
  { ...byNamespace, namespace: 'toString' },
  { ...byNamespace, namespace: 'ns:catalogue' },
  { ...byKeys, keys: [] },
  { ...byKeys, keys: ['session:1', 'session:1'] },
  { ...byKeys, keys: Array.from({ length: 101 }, (_, i) => `session:${i}`) },
  ...[
    '',
    '*',
    'others:1',
    'session:a b',
    'session:1\r\nflush_all',
    'session:\0',
    'session:a\u202Eb',
    `session:${'x'.repeat(250)}`,
    `session:${'ü'.repeat(125)}`,
  ].map((key) => ({ ...byKeys, keys: [key] })),
];

describe('evict-stale-cache/memcached against two real memcacheds', () => {
  let a: RigMemcached;
  let b: RigMemcached;
  beforeAll(async () => {
    [a, b] = await Promise.all([startMemcached(login), startMemcached(login)]);
  });
  afterAll(() => Promise.all([a?.stop(), b?.stop()]));

  const section = (servers: object, more: object = {}) => ({
    memcached: {
      caches: {
        sessions: { servers, ...login, prefixes: ['session:'], namespaces: { catalogue: 'ns:catalogue' }, ...more },
      },
      timeout: '3s',
    },
  });

  const put = (at: RigMemcached, key: string, value: string, more = 'F5 T1000') =>
    at.tell(`ms ${key} ${Buffer.byteLength(value)} ${more}\r\n${value}`);

  /** What is there of everything, with its flags and when it goes away. */
  async function read(): Promise<Json> {
    const seen: Json[] = [];
    for (const at of [a, b]) {
      for (const key of [...keys, 'session:other', 'ns:catalogue', 'ns:other']) {
        const [found, left] = [await at.tell(`gets ${key}`), await at.tell(`me ${key}`)];
        const exp = Number(/exp=(-?\d+)/.exec(left)?.[1] ?? 0);
        // Without the version, and with time only roughly: both go on by themselves.
        seen.push([key, found.replace(/ \d+\r\n/, '\r\n'), Math.round(Math.abs(exp) / 60)]);
      }
    }
    return seen;
  }

  /** How many commands have written something, by the server's own count. */
  async function effects(): Promise<number> {
    const counts = await Promise.all(
      [a, b].map(async (at) => {
        const stats = await at.tell('stats');
        const count = (name: string) => Number(new RegExp(`STAT ${name} (\\d+)`).exec(stats)?.[1]);
        return count('cmd_set') + count('delete_hits') + count('incr_hits') + count('cmd_flush');
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async function world(log: PluginLog, params: Json, more: object = {}): Promise<ActionWorld> {
    const servers = { a: a.address, b: b.address };
    return {
      plugin: plugin.instantiate(section(servers, more), log),
      unreachable: plugin.instantiate(section({ a: `127.0.0.1:${await freePort()}` }), log),
      params,
      nonsense,
      read,
      reset: async () => {
        for (const at of [a, b]) for (const key of keys) await at.tell(`md ${key}`);
        await put(a, 'session:42', 'one\r\nEND');
        await put(b, 'session:42', '');
        await put(b, 'session:größe', 'zwölf');
        await put(a, 'session:forever', 'x', 'F0');
        await put(a, 'session:other', 'y');
        await put(a, 'ns:catalogue', '9', 'F2 T1000');
        await put(b, 'ns:catalogue', '99', 'F0');
      },
      effects,
      close: async () => {},
    };
  }

  describeActionContract('entries by their keys, small enough to be kept', {
    action: 'memcached',
    world: (log) => world(log, byKeys),
  });

  describeActionContract('entries by their keys, too large to be kept', {
    action: 'memcached',
    world: (log) => world(log, byKeys, { keepBytes: 100 }),
  });

  describeActionContract('a namespace', {
    action: 'memcached',
    world: async (log) => ({ ...(await world(log, byNamespace)), alwaysNeeded: true }),
  });

  const broken: [string, Json, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      byKeys,
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'every write is preceded by the fence',
      byNamespace,
      ({ apply }) => ({
        apply: async (call, ...rest) => (await call.fence(), apply({ ...call, fence: async () => {} }, ...rest)),
      }),
    ],
    [
      'apply twice with one key is one effect',
      byNamespace,
      () => ({
        apply: async (call) => {
          await call.fence();
          await a.tell('incr ns:catalogue 1');
          await b.tell('incr ns:catalogue 1');
          return { done: true };
        },
      }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      byKeys,
      ({ revert }) => ({
        revert: async (call, params, before) => {
          await revert(call, params, before);
          await a.tell('md session:42');
          return { done: true };
        },
      }),
    ],
    [
      'check says that a change is needed, and changes nothing',
      byKeys,
      ({ check }) => ({
        check: async (...all) => (await a.tell('flush_all', /OK/), check(...all)),
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, params, variant) => {
    const subject = { action: 'memcached', world: (log: PluginLog) => world(log, params) };
    const found = await contractViolations(withVariant(subject, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

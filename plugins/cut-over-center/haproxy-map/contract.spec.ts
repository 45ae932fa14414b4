import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import type { Change, Json, PluginLog } from '../../../src/plugin-sdk/index.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../../src/testing/action-contract.js';
import { countWrites } from '../../../test/rig/counted-writes.js';
import { startPlainHaproxy, type PlainHaproxy } from '../../../test/rig/plain-haproxy.js';
import plugin from '../index.js';

const on = { map: 'colours', key: 'canary', value: 'b' };
const off = { ...on, value: null };
const hostile = ['', '*', 'a b', 'a;b', 'a\nb', 'a/b', '#1', '{{7*7}}', 'a\0', "a'", 'a\\', '<<', 'x'.repeat(10_000)];
const nonsense: Json[] = [
  null,
  {},
  { map: 'colours', key: 'canary' },
  { ...on, endpoint: '/tmp/other.sock' },
  { ...on, file: '/etc/passwd' },
  ...['/etc/haproxy/colours.map', 'other', '__proto__', 'toString', '#0', ''].map((map) => ({ ...on, map })),
  ...hostile.flatMap((text) => [
    { ...on, key: text },
    { ...on, value: text },
  ]),
];

describe('cut-over-center/haproxy-map against a real HAProxy', () => {
  let haproxy: PlainHaproxy;
  let file: string;
  beforeAll(async () => {
    haproxy = await startPlainHaproxy(
      (folder) => `
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
backend centers
  use-server %[req.hdr(x-env),map(${folder}/colours.map)] if { req.hdr(x-env),map(${folder}/colours.map) -m found }
  server a 127.0.0.1:1
  server b 127.0.0.1:1
`,
      { 'colours.map': 'blue a\n' },
    );
    file = `${haproxy.folder}/colours.map`;
  });
  afterAll(() => haproxy?.stop());

  async function world(endpoint: string, log: PluginLog, start?: string): Promise<Omit<ActionWorld, 'close'>> {
    return {
      plugin: plugin.instantiate({ endpoint, maps: { colours: file } }, log),
      params: on,
      nonsense,
      // Without the references, which are addresses in memory.
      read: async () =>
        (await haproxy.tell(`show map ${file}`))
          .split('\n')
          .map((row) => row.split(' ').slice(1).join(' '))
          .sort(),
      reset: async () => {
        await haproxy.tell(`del map ${file} canary`);
        if (start !== undefined) await haproxy.tell(`add map ${file} canary ${start}`);
      },
    };
  }

  describeActionContract('adding an entry, with writes counted', {
    action: 'haproxy-map',
    world: async (log) => {
      const counted = await countWrites({ path: haproxy.socket }, /(add|set|del|clear|commit) map/g);
      const plain = await world(counted.endpoint, log);
      return { ...plain, effects: counted.writes, close: async () => counted.stop() };
    },
  });

  describeActionContract('changing an entry', {
    action: 'haproxy-map',
    world: async (log) => ({ ...(await world(haproxy.socket, log, 'a')), close: async () => {} }),
  });

  const earlier: Change[] = [{ resource: 'haproxy-map/colours/canary', attribute: 'value', from: null, to: 'b' }];
  describeActionContract('removing an entry that an earlier step made', {
    action: 'haproxy-map',
    world: async (log) => ({
      ...(await world(haproxy.socket, log, 'b')),
      params: off,
      earlier,
      close: async () => {},
    }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({ revert: (call, with_) => revert(call, with_, { value: 'a' }) }),
    ],
    [
      'apply twice with one key is one effect',
      ({ apply }) => ({
        apply: async (call, ...rest) => {
          await haproxy.tell(`add map ${file} again ${call.epoch}`);
          return apply(call, ...rest);
        },
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(
      withVariant(
        {
          action: 'haproxy-map',
          world: async (log) => ({ ...(await world(haproxy.socket, log)), close: async () => {} }),
        },
        variant,
      ),
    );
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

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

const params = { backend: 'centers', server: 'a', within: '5s' };
const nonsense: Json[] = [
  null,
  {},
  { ...params, endpoint: '/tmp/other.sock' },
  { ...params, within: 'soon' },
  { ...params, within: '100ms' },
  { ...params, atLimit: 'kill' },
  { ...params, state: 'maint' },
  ...['', '*', 'a b', 'a;b', 'a\nb', 'a/b', '#1', '{{7*7}}', 'a\0', "a'", 'x'.repeat(10_000)].flatMap((name) => [
    { ...params, backend: name },
    { ...params, server: name },
  ]),
];
const earlier: Change[] = [{ resource: 'haproxy/centers/a', attribute: 'state', from: 'ready', to: 'drain' }];

describe('cut-over-center/haproxy-drain against a real HAProxy', () => {
  let haproxy: PlainHaproxy;
  beforeAll(async () => {
    haproxy = await startPlainHaproxy(
      () => `
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
backend centers
  server a 127.0.0.1:1
  server b 127.0.0.1:1
`,
    );
  });
  afterAll(() => haproxy?.stop());

  async function world(endpoint: string, log: PluginLog, start = 'ready'): Promise<Omit<ActionWorld, 'close'>> {
    return {
      plugin: plugin.instantiate({ endpoint }, log),
      params,
      nonsense,
      read: async () => {
        const rows = (await haproxy.tell('show servers state centers')).split('\n').slice(2);
        return rows.map((row) => row.split(' ').slice(3, 9));
      },
      reset: async () => {
        await haproxy.tell(`set server centers/a state ready; set server centers/a state ${start}`);
      },
    };
  }

  describeActionContract('with writes counted', {
    action: 'haproxy-drain',
    world: async (log) => {
      const counted = await countWrites({ path: haproxy.socket }, /set server |shutdown /g);
      const plain = await world(counted.endpoint, log);
      return { ...plain, effects: counted.writes, close: async () => counted.stop() };
    },
  });

  describeActionContract('after a step that drains', {
    action: 'haproxy-drain',
    world: async (log) => ({ ...(await world(haproxy.socket, log, 'drain')), earlier, close: async () => {} }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ apply: async () => ({ done: true }) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({ revert: (call, with_, _before) => revert(call, with_, { state: 'drain' }) }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(
      withVariant(
        {
          action: 'haproxy-drain',
          world: async (log) => ({ ...(await world(haproxy.socket, log)), close: async () => {} }),
        },
        variant,
      ),
    );
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/isolate-endpoint/index.js';
import type { Change, Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { namespacesWork } from '../rig/namespaces.js';
import { startFirewall, type RigFirewall } from './nftables-kit.js';

const params = { endpoint: '10.99.0.1' };
const sixth = { endpoint: '[fd00:99::0001]:9100', for: '5m', firewall: 'edge' };

const nonsense: Json[] = [
  null,
  {},
  { ...params, endpoints: ['10.99.0.1'] },
  { ...params, firewall: 'other' },
  { ...params, table: 'filter' },
  ...['', '0s', '-5m', '500ms', '1500ms', '2h', '10', 'for ever', '{{7*7}}'].map((span) => ({ ...params, for: span })),
  ...[
    '',
    '*',
    '10.99.0.0/24',
    '10.99.0.1/32',
    '10.99.0.1-10.99.0.9',
    '10.99.0.1,10.99.0.2',
    '10.99.0.1 timeout 0s',
    '10.99.0.1; flush ruleset',
    '10.99.0.1 }',
    '10.99.0.1\n',
    '10.99.0.1\0',
    '10.99.0.1\u202E',
    '010.099.000.001',
    '10.99.1',
    '0x0a630001',
    '174260225',
    '10.99.0.1:99999999',
    '10.99.0.77',
    '127.0.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::/0',
    'ff02::1',
    'fe80::1%eth0',
    '::ffff:10.99.0.1',
    '::ffff:a63:1',
    '@isolated4',
    '$(reboot)',
    '../a',
    '-f',
    'localhost',
    'shop.example.org',
    '{{7*7}}',
    'x'.repeat(10_000),
  ].map((endpoint) => ({ endpoint })),
];

describe.skipIf(!(await namespacesWork()))('isolate-endpoint/nftables against the nftables of the kernel', () => {
  let firewall: RigFirewall;
  beforeAll(async () => {
    firewall = await startFirewall();
  });
  afterAll(() => firewall?.stop());

  async function world(log: PluginLog, what: Json = params): Promise<ActionWorld> {
    const edge = { command: firewall.command, table: 'firebreak', sets: { ipv4: 'isolated4', ipv6: 'isolated6' } };
    const pools = {
      shop: { addresses: ['10.99.0.1', '10.99.0.2', '10.99.0.3', '10.99.0.4'], least: 2 },
      shop6: { addresses: ['fd00:99::1', 'fd00:99::2'] },
    };
    return {
      plugin: plugin.instantiate({ nftables: { firewalls: { edge }, pools } }, log),
      params: what,
      nonsense,
      read: async () => [...(await firewall.elements()), ...(await firewall.elements('isolated6'))],
      reset: async () => {
        await firewall.flush();
        await firewall.nft('add element inet firebreak isolated4 { 10.99.0.4 timeout 1h comment "by hand" }');
      },
      effects: firewall.writes,
      close: async () => {},
    };
  }

  describeActionContract('an IPv4 endpoint', { action: 'nftables', world: (log) => world(log) });
  describeActionContract('an IPv6 endpoint', { action: 'nftables', world: (log) => world(log, sixth) });
  const earlier: Change[] = [
    { resource: 'nftables/elsewhere/10.99.0.1', attribute: 'state', from: 'reachable', to: 'isolated' },
  ];
  describeActionContract('after a step at another firewall', {
    action: 'nftables',
    world: async (log) => ({ ...(await world(log)), earlier }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'an apply whose signal is aborted fails and changes nothing',
      ({ apply }) => ({
        apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest),
      }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({
        revert: async ({ fence }) => {
          await fence();
          await firewall.flush();
          return { done: true };
        },
      }),
    ],
    [
      'revert of a step that was never applied does nothing',
      () => ({
        revert: async () => {
          await firewall.flush();
          return { done: true };
        },
      }),
    ],
    [
      'apply twice with one key is one effect',
      () => ({
        apply: async ({ fence }) => {
          await fence();
          await firewall.nft(
            `add element inet firebreak isolated4 { 10.99.0.1 timeout ${firewall.writes() + 100 + added++}s }`,
          );
          return { done: true };
        },
      }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'nonsense parameters are refused by the schema',
      ({ params: schema }) => ({ params: schema.catch({ endpoint: '10.99.0.1' }) }),
    ],
    [
      'plan names what changes, and is the same when made again',
      ({ plan }) => ({
        plan: async (...all) => ({ ...(await plan(...all)), before: { mark: `firebreak ${added++}`, was: null } }),
      }),
    ],
  ];
  let added = 0;

  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const subject = { action: 'nftables', world: (log: PluginLog) => world(log) };
    const found = await contractViolations(withVariant(subject, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

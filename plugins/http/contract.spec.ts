import { describe, expect, it } from 'vitest';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
  type ContractSubject,
} from '../../src/testing/action-contract.js';
import { freePort } from '../../test/rig/processes.js';
import { queueConfig, startQueueService } from '../../test/rig/queue-service.js';
import plugin from './index.js';

const nonsense = (operation: string): Json[] => [
  null,
  {},
  { operation },
  { operation: 'nope', values: { queue: 'orders' } },
  { operation: '__proto__', values: { queue: 'orders' } },
  { operation, values: { queue: 'orders', url: 'http://169.254.169.254/' } },
  { operation, values: { queue: 'orders' }, url: 'http://169.254.169.254/' },
  ...['', '../admin', '/etc/passwd', '*', 'a b', 'ORDERS', 'a\u0000', '%2e%2e', 'x'.repeat(200), 1, null].map(
    (queue) => ({ operation, values: { queue } }),
  ),
];

async function world(log: PluginLog, operation: string): Promise<ActionWorld> {
  const service = await startQueueService();
  const gone = { ...service, url: `http://127.0.0.1:${await freePort()}` };
  const running = plugin.instantiate(queueConfig(service), log);
  return {
    plugin: running,
    unreachable: plugin.instantiate(queueConfig(gone), log),
    params: { operation, values: { queue: 'orders' } },
    nonsense: nonsense(operation),
    read: async () => Object.fromEntries(service.states),
    reset: async () => service.reset(),
    effects: service.effects,
    close: async () => {
      await running.close();
      await service.close();
    },
  };
}

const request = (operation: string): ContractSubject => ({ action: 'request', world: (log) => world(log, operation) });
const once: ContractSubject = { action: 'request-once', world: (log) => world(log, 'close-once') };

describeActionContract('http/request', request('close'));
describeActionContract('http/request on a service with versions', request('close-unless-changed'));
describeActionContract('http/request-once', once);

describe('a variant of http/request is caught', () => {
  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'an apply whose signal is aborted fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
    [
      'apply twice with one key is one effect',
      ({ apply }) => ({ apply: (call, params) => apply(call, params, { state: 'closed' }) }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'revert of a step that was never applied does nothing',
      ({ apply, revert }) => ({ revert: async (...all) => (await apply(...all), revert(...all)) }),
    ],
    [
      'no secret of the configuration is in a log line, an error or a plan',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), facts: { sent: 'Bearer canary-8f2e' } }) }),
    ],
  ];
  it.each(broken)('by "%s"', async (clause, variant) => {
    const found = await contractViolations(withVariant(request('close'), variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

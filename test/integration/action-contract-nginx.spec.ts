import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { startLimitedNginx, type LimitedNginx } from '../rig/limited-nginx.js';
import plugin from '../../plugins/throttle/index.js';

const params = { name: 'shop', limit: 20, lift: { stages: [50, 100], every: '100ms', within: '5s' } };
const nonsense: Json[] = [
  null,
  {},
  ...['other', '', '*', '../shop', '/etc/passwd', '__proto__', 'toString', 'a;b'].map((name) => ({ ...params, name })),
  ...[0, -1, 1.5, '20', '20r/s; }', null].map((limit) => ({ ...params, limit })),
  { ...params, file: '/etc/nginx/nginx.conf' },
  { ...params, full: 100 },
];

describe('throttle/nginx against a real nginx', () => {
  let nginx: LimitedNginx;
  beforeAll(async () => {
    nginx = await startLimitedNginx(100);
  });
  afterAll(() => nginx?.stop());

  async function world(reload: Json, log: PluginLog): Promise<ActionWorld> {
    const instance = plugin.instantiate({ nginx: { ...nginx.settings, reload } }, log);
    return {
      plugin: instance,
      params,
      nonsense,
      read: async () => [readFileSync(nginx.file, 'utf8'), await nginx.says()],
      reset: () => nginx.reset(100),
      close: () => instance.close(),
    };
  }

  describeActionContract('told by its own program', {
    action: 'nginx',
    world: (log) => world([...nginx.settings.reload], log),
  });

  describeActionContract('told by a signal', {
    action: 'nginx',
    world: (log) => world({ pid: nginx.pidFile }, log),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({ revert: (call, with_) => revert(call, with_, { limit: 40 }) }),
    ],
    [
      'an apply that broke off half-way is finished by the next one, or taken back',
      ({ apply }) => ({
        apply: async (call, ...rest) =>
          readFileSync(nginx.file, 'utf8').includes('=20r/s') ? { done: true } : apply(call, ...rest),
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const sound = { action: 'nginx', world: (log: PluginLog) => world({ pid: nginx.pidFile }, log) };
    const found = await contractViolations(withVariant(sound, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

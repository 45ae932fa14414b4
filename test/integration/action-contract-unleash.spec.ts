import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/degrade-feature/index.js';
import type { Change, Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { freePort } from '../rig/processes.js';
import { startUnleash, type RigUnleash } from '../rig/unleash.js';

const FEATURE = 'recommendations';
const params = { server: 'main', feature: FEATURE, environment: 'production' };
const nonsense: Json[] = [
  null,
  {},
  { ...params, server: 'http://127.0.0.1:4242' },
  { ...params, server: 'toString' },
  { ...params, feture: FEATURE },
  { ...params, enabled: 'false' },
  { ...params, enabled: null },
  ...['', '*', '..', '.', 'other', `${FEATURE}/`, `${FEATURE}\n`, '../user', '%2e%2e', '{{7*7}}', '__proto__'].flatMap(
    (name) => [
      { ...params, feature: name },
      { ...params, environment: name },
      { ...params, project: name },
    ],
  ),
];

describe('degrade-feature/unleash against a real Unleash', () => {
  let unleash: RigUnleash;
  beforeAll(async () => {
    unleash = await startUnleash();
    await unleash.create(FEATURE);
  }, 90_000);
  afterAll(() => unleash?.stop());

  const section = (url: string) => ({
    unleash: { servers: { main: { url, token: unleash.token, features: [FEATURE], environments: ['production'] } } },
  });

  async function world(log: PluginLog): Promise<ActionWorld> {
    const instance = plugin.instantiate(section(unleash.url), log);
    const unreachable = plugin.instantiate(section(`http://127.0.0.1:${await freePort()}`), log);
    return {
      plugin: instance,
      unreachable,
      params,
      nonsense,
      // Its strategies too: turning on may add one.
      read: async () => (await unleash.look(FEATURE)) ?? null,
      reset: () => unleash.turn(FEATURE, 'on'),
      effects: () => unleash.turns(FEATURE),
      close: async () => {
        await instance.close();
        await unreachable.close();
      },
    };
  }

  describeActionContract('a feature turned off', { action: 'unleash', world });

  describeActionContract('a lesser feature turned on', {
    action: 'unleash',
    world: async (log) => ({
      ...(await world(log)),
      params: { ...params, enabled: true },
      reset: () => unleash.turn(FEATURE, 'off'),
    }),
  });

  const earlier: Change[] = [
    { resource: `unleash/main/default/${FEATURE}`, attribute: 'enabled in production', from: false, to: true },
  ];
  describeActionContract('after an earlier step', {
    action: 'unleash',
    world: async (log) => ({ ...(await world(log)), earlier }),
  });

  const turning = (to: 'on' | 'off') => async () => {
    await unleash.turn(FEATURE, to === 'on' ? 'off' : 'on');
    await unleash.turn(FEATURE, to);
    return { done: true as const };
  };
  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'check says that a change is needed, and changes nothing',
      () => ({ check: async () => ({ needed: false, because: 'lazy' }) }),
    ],
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'an apply whose signal is aborted fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest) }),
    ],
    ['apply twice with one key is one effect', () => ({ apply: turning('off') })],
    ['every write is preceded by the fence', () => ({ apply: turning('off') })],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    ['revert of a step that was never applied does nothing', () => ({ revert: turning('on') })],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
    [
      'no secret of the configuration is in a log line, an error or a plan',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), summary: `with ${unleash.token}` }) }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(withVariant({ action: 'unleash', world }, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

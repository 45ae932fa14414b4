import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
  type ContractSubject,
} from '../../src/testing/action-contract.js';
import { KUBE_TOKEN, startKubeApi, type KubeApi } from '../rig/kube-api.js';
import { fill, kubeConfig, SESSIONS, WEB } from '../rig/kube-subjects.js';
import { freePort } from '../rig/processes.js';
import plugin from '../../plugins/kubernetes/index.js';

// There is no Kubernetes on this machine: these run against a stand-in that speaks its API over TLS.
const hostile = [
  '',
  '*',
  'web*',
  '../web',
  'web/scale',
  'web?dryRun=All',
  'WEB',
  'a b',
  'web\u0000',
  '%2e%2e',
  '-web',
  'x'.repeat(300),
  1,
  null,
];
const elsewhere = (params: { [name: string]: Json }): Json[] => [
  null,
  {},
  ...hostile.flatMap((name) => [
    { ...params, name },
    { ...params, namespace: name },
  ]),
  ...['west', '__proto__', ''].map((cluster) => ({ ...params, cluster })),
  ...['daemonset', 'Deployment', 'pod'].map((kind) => ({ ...params, kind })),
  { ...params, name: 'web-2' },
  { ...params, namespace: 'kube-system' },
  { ...params, server: 'https://169.254.169.254/' },
];

async function world(
  log: PluginLog,
  made: { params: Json; nonsense: readonly Json[]; read: (api: KubeApi) => Json },
): Promise<ActionWorld> {
  const api = await startKubeApi();
  const running = plugin.instantiate(kubeConfig(api.url), log);
  return {
    plugin: running,
    unreachable: plugin.instantiate(kubeConfig(`https://127.0.0.1:${await freePort()}`), log),
    params: made.params,
    nonsense: made.nonsense,
    read: async () => made.read(api),
    reset: async () => {
      fill(api);
    },
    effects: api.effects,
    close: async () => {
      await running.close();
      await api.close();
    },
  };
}

const scale = (to: { replicas: number } | { add: number }, on = WEB): ContractSubject => ({
  action: 'scale',
  world: (log) =>
    world(log, {
      params: { ...on, ...to },
      nonsense: [
        ...elsewhere({ ...on, replicas: 4 }),
        ...[-1, 0, 1, 10, 2.5, '4', 1e9, null].map((replicas) => ({ ...on, replicas })),
        { ...on, replicas: 4, add: 1 },
        { ...on, add: 0 },
        on,
      ],
      read: (api) => [
        api.get('Deployment', 'shop', 'web')?.spec ?? null,
        api.get('StatefulSet', 'shop', 'sessions')?.spec ?? null,
      ],
    }),
});

describeActionContract('kubernetes/scale of a Deployment at a stand-in', scale({ replicas: 5 }));
describeActionContract('kubernetes/scale of a StatefulSet at a stand-in', scale({ replicas: 2 }, SESSIONS));

const restart = (on = WEB): ContractSubject => ({
  action: 'rollout-restart',
  world: async (log) => ({
    ...(await world(log, {
      params: on,
      nonsense: [...elsewhere(on), { ...on, replicas: 3 }],
      read: (api) => [
        api.get('Deployment', 'shop', 'web')?.spec ?? null,
        api.get('StatefulSet', 'shop', 'sessions')?.spec ?? null,
      ],
    })),
    alwaysNeeded: true,
  }),
});

describeActionContract('kubernetes/rollout-restart of a Deployment at a stand-in', restart());
describeActionContract('kubernetes/rollout-restart of a StatefulSet at a stand-in', restart(SESSIONS));

const worker = { cluster: 'east', pool: 'workers', node: 'node-1' };
const NODES = ['node-1', 'node-2', 'node-3'];

const cordon: ContractSubject = {
  action: 'cordon',
  world: (log) =>
    world(log, {
      params: worker,
      nonsense: [
        null,
        {},
        ...hostile.map((node) => ({ ...worker, node })),
        ...['masters', '__proto__', '', '*'].map((pool) => ({ ...worker, pool })),
        ...['west', '__proto__', ''].map((cluster) => ({ ...worker, cluster })),
        { ...worker, selector: { pool: 'masters' } },
      ],
      read: (api) =>
        NODES.map((name) => {
          const { spec = null, metadata } = api.get('Node', undefined, name) ?? {};
          return [spec, metadata?.annotations ?? {}];
        }),
    }),
};

describeActionContract('kubernetes/cordon at a stand-in', cordon);

type Variants = [string, (sound: Action) => Partial<Action>][];

const openFence = async (): Promise<void> => {};
const common: Variants = [
  [
    'an apply whose fence is closed fails and changes nothing',
    ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: openFence }, ...rest) }),
  ],
  [
    'an apply whose signal is aborted fails and changes nothing',
    ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest) }),
  ],
  [
    'verify holds after apply and not before, and check then says that nothing is needed',
    () => ({ verify: async () => ({ took: true }) }),
  ],
  [
    'no secret of the configuration is in a log line, an error or a plan',
    ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), facts: { sent: `Bearer ${KUBE_TOKEN}` } }) }),
  ],
];

describe.each<[string, ContractSubject, Variants]>([
  [
    'scale',
    scale({ replicas: 5 }),
    [
      ...common,
      [
        'revert restores what was there, and does nothing when repeated',
        () => ({ revert: async () => ({ done: true }) }),
      ],
      [
        'plan changes nothing',
        ({ plan, apply }) => ({
          plan: async (call, params) => {
            const made = await plan(call, params);
            await apply({ ...call, key: 'k', epoch: 1, fence: openFence }, params, made.before);
            return made;
          },
        }),
      ],
      [
        'nonsense parameters are refused by the schema',
        ({ params }) => ({ params: params.or(params.optional().nullable()) }),
      ],
    ],
  ],
  [
    'rollout-restart',
    restart(),
    [
      ...common,
      [
        'apply twice with one key is one effect',
        ({ apply, plan }) => ({
          apply: async (call, params) => apply(call, params, (await plan({ ...call, earlier: [] }, params)).before),
        }),
      ],
      ['a revert of what can not be taken back changes nothing', ({ apply }) => ({ revert: apply })],
      [
        'plan names what changes, and is the same when made again',
        ({ plan }) => ({
          plan: async (...all) => ({ ...(await plan(...all)), summary: `restart at ${Math.random()}` }),
        }),
      ],
    ],
  ],
  [
    'cordon',
    cordon,
    [
      ...common,
      [
        'revert restores what was there, and does nothing when repeated',
        ({ revert }) => ({
          revert: (call, params, before) =>
            revert(call, params, { ...z.record(z.string(), z.json()).parse(before), mark: 'somebody else' }),
        }),
      ],
      [
        'revert of a step that was never applied does nothing',
        ({ apply, revert }) => ({ revert: async (...all) => (await apply(...all), revert(...all)) }),
      ],
      [
        'nonsense parameters are refused by the schema',
        ({ params }) => ({ params: params.or(params.optional().nullable()) }),
      ],
    ],
  ],
])('a variant of kubernetes/%s is caught', (_, subject, variants) => {
  it.each(variants)('by "%s"', async (clause, variant) => {
    const found = await contractViolations(withVariant(subject, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

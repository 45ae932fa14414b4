import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json, PluginLog } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
  type ContractSubject,
} from '../../../src/testing/action-contract.js';
import {
  startApollo,
  startLaunchDarkly,
  startNacos,
  type FeatureStandIn,
} from '../../../test/rig/feature-stand-ins.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import { freePort } from '../../../test/rig/processes.js';
import plugin from '../index.js';

const SECRET = 'canary-91ab';

interface Example {
  readonly file: string;
  readonly service: string;
  readonly start: (secret: string) => Promise<FeatureStandIn>;
  readonly params: { readonly service: string; readonly values: Json; readonly value: Json };
  readonly initial: Readonly<Record<string, string | boolean>>;
}

const ld = { flag: 'recommendations', environment: 'production' };
const dataId = 'feature.recommendations';
const examples: readonly Example[] = [
  {
    file: 'launchdarkly',
    service: 'launchdarkly',
    start: startLaunchDarkly,
    params: { service: 'launchdarkly', values: ld, value: false },
    initial: { on: true },
  },
  {
    file: 'apollo',
    service: 'apollo',
    start: startApollo,
    params: { service: 'apollo', values: { key: dataId }, value: 'false' },
    initial: { item: 'true', released: 'true' },
  },
  ...['nacos', 'nacos-v1'].map((file) => ({
    file,
    service: 'nacos',
    start: startNacos,
    params: { service: 'nacos', values: { dataId }, value: 'off' },
    initial: { content: 'on' },
  })),
];

const shape = z.looseObject({ auth: z.looseObject({}) });
const wrapped = z.object({
  plugins: z.strictObject({
    'degrade-feature': z.strictObject({ http: z.strictObject({ services: z.record(z.string(), shape) }) }),
  }),
});

/** The example as it is in its file, with the stand-in's address and a secret in place of theirs. */
function configOf({ file, service }: Example, url: string) {
  const path = new URL(`examples/${file}.yaml`, import.meta.url);
  const { services } = wrapped.parse(parse(readFileSync(path, 'utf8'))).plugins['degrade-feature'].http;
  const one = services[service];
  if (one === undefined) throw new Error(`${file} has no service ${service}`);
  const auth = { ...one.auth, value: SECRET };
  return {
    http: { services: { [service]: { ...one, url, allow: ['127.0.0.1'], auth, timeout: '250ms', shows: '200ms' } } },
  };
}

function nonsense({ params }: Example): Json[] {
  const service = (differs: object): Json => ({ ...params, ...differs });
  return [
    null,
    {},
    service({ service: 'other' }),
    service({ service: '__proto__' }),
    service({ values: {} }),
    service({ url: 'http://169.254.169.254/' }),
    ...['', '*', '..', '../admin', 'a/b', 'a\nb', 'x'.repeat(300)].map((text) =>
      service({ values: Object.fromEntries(Object.keys(params.values ?? {}).map((name) => [name, text])) }),
    ),
    ...[null, 'maybe', 0, [], {}].map((value) => service({ value })),
  ];
}

const subject = (example: Example): ContractSubject => ({
  action: 'http',
  world: async (log: PluginLog): Promise<ActionWorld> => {
    const service = await example.start(SECRET);
    const running = plugin.instantiate(configOf(example, service.url), log);
    return {
      plugin: running,
      unreachable: plugin.instantiate(configOf(example, `http://127.0.0.1:${await freePort()}`), log),
      params: example.params,
      nonsense: nonsense(example),
      read: async () => ({ ...service.flag }),
      reset: async () => void Object.assign(service.flag, example.initial),
      effects: service.effects,
      close: async () => {
        await running.close();
        await service.close();
      },
    };
  },
});

for (const example of examples)
  describeActionContract(`degrade-feature/http with the example ${example.file} and a stand-in`, subject(example));

describe('a variant of degrade-feature/http is caught', () => {
  const broken: [string, string, (sound: Action) => Partial<Action>][] = [
    [
      'that ignores the fence',
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'that asks the fence once for item and release',
      'every write is preceded by the fence',
      ({ apply }) => ({
        apply: async (call, ...rest) => (await call.fence(), apply({ ...call, fence: async () => {} }, ...rest)),
      }),
    ],
    [
      'that never goes back',
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
    [
      'that goes back to a guess',
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({ revert: (call, params) => revert(call, params, { values: ['false', 'false'] }) }),
    ],
    [
      'that ignores the signal',
      'an apply whose signal is aborted fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest) }),
    ],
  ];
  const apollo = examples[1];
  it.each(broken)('%s', async (_, clause, variant) => {
    if (apollo === undefined) throw new Error('no example');
    const found = await contractViolations(withVariant(subject(apollo), variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

describe.each(examples)('degrade-feature/http with the example $file', (example) => {
  const stop: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const one of stop.splice(0).reverse()) await one();
  });

  async function set() {
    const service = await example.start(SECRET);
    const running = plugin.instantiate(configOf(example, service.url), { info: () => {}, warn: () => {} });
    stop.push(
      () => service.close(),
      () => running.close(),
    );
    const action = running.provided.actions?.['http'];
    if (action === undefined) throw new Error('no action http');
    const { before } = await action.plan(plainCall(), example.params);
    return { service, action, before };
  }

  it('as written down, is a valid configuration but for the address', () => {
    const { http } = configOf(example, 'https://flags.example.org');
    expect(plugin.config.safeParse({ http }).success).toBe(true);
  });

  it('I4: makes the change and loses the answer: verify finds out, and each write has been made at most once', async () => {
    const { service, action, before } = await set();
    service.meddle((request, make) => {
      const made = make();
      return request.method === 'GET' ? made : 'dropped';
    });
    const attempt = () => action.apply(plainCall(), example.params, before);
    const parts = Object.keys(example.initial).length;
    for (let one = 0; one < parts; one += 1)
      await expect(attempt()).rejects.toMatchObject({ code: 'target-unreachable', again: true });
    expect(await action.verify(plainCall(), example.params, before)).toEqual({ took: true });
    expect(await attempt()).toEqual({ done: true });
    expect(service.effects()).toBe(parts);
    expect(new Set(service.writes().map(({ headers }) => headers['idempotency-key'])).size).toBe(parts);
  });

  it('I4: refuses what somebody else has changed', async () => {
    const { service, action, before } = await set();
    for (const name of Object.keys(service.flag)) service.flag[name] = 'something';
    for (const verb of ['apply', 'revert'] as const)
      await expect(action[verb](plainCall(), example.params, before)).rejects.toMatchObject({
        code: 'changed-meanwhile',
        again: false,
      });
    expect(service.effects()).toBe(0);
  });

  it.each([
    ['refused credentials', { status: 403 }, 'refused-by-target', false],
    ['trouble of its own', { status: 502, text: 'Bad gateway' }, 'target-failed', true],
    ['rubbish', { status: 200, headers: { 'content-encoding': 'br' }, text: '\u0000<html>' }, 'not-understood', false],
    ['nothing', 'silent', 'timed-out', true],
  ] as const)('answered with %s: a clear error, and nothing written', async (_, answer, code, again) => {
    const { service, action, before } = await set();
    service.meddle(() => answer);
    await expect(action.plan(plainCall(), example.params)).rejects.toMatchObject({ code, again });
    await expect(action.apply(plainCall(), example.params, before)).rejects.toMatchObject({ code, again });
    expect(service.effects()).toBe(0);
  });
});

describe('degrade-feature/http on Nacos', () => {
  it("I4: loses no race with somebody else's write: the MD5 is compared by Nacos itself", async () => {
    const [example] = examples.filter(({ file }) => file === 'nacos');
    if (example === undefined) throw new Error('no example');
    const service = await example.start(SECRET);
    const running = plugin.instantiate(configOf(example, service.url), { info: () => {}, warn: () => {} });
    const action = running.provided.actions?.['http'];
    try {
      const fence = async () => void (service.flag['content'] = 'half');
      const before = { values: ['on'] };
      await expect(action?.apply(plainCall({ fence }), example.params, before)).rejects.toMatchObject({ again: true });
      await expect(action?.apply(plainCall({ fence }), example.params, before)).rejects.toMatchObject({
        code: 'changed-meanwhile',
      });
      expect(service.flag['content']).toBe('half');
    } finally {
      await running.close();
      await service.close();
    }
  });
});

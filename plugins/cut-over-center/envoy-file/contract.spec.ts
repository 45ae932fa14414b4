import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Change, Json, PluginLog } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../../src/testing/action-contract.js';
import { EDS_YAML, RDS_JSON } from '../../../test/rig/envoy-files.js';
import plugin from '../index.js';

const params = { file: 'orders', resource: 'orders', weights: { 'north/a': 10, 'north/b': 90 } };
const routes = { file: 'orders', resource: 'public', weights: { 'orders-a': 0, 'orders-b': 100 } };
const nonsense: Json[] = [
  null,
  {},
  { ...params, path: '/etc/passwd' },
  ...['', 'other', '../orders', '/etc/passwd', '__proto__', 'toString'].map((file) => ({ ...params, file })),
  ...['', 'a b', 'a\nb', 'x'.repeat(300)].map((resource) => ({ ...params, resource })),
  ...[{}, { 'north/a': -1 }, { 'north/a': 1.5 }, { 'north/a': '5' }, { 'north/a': 1e9 }, { '': 1 }].map((weights) => ({
    ...params,
    weights,
  })),
];

async function world(log: PluginLog, name: string, text: string, given: Json): Promise<ActionWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-envoy-'));
  const path = join(folder, name);
  const check = ['/usr/bin/test', '-s'];
  return {
    plugin: plugin.instantiate({ envoyFile: { files: { orders: path }, check } }, log),
    params: given,
    nonsense,
    // Without the version, which rises with each change; all files of the folder, so that nothing is left there.
    read: async () => {
      const files = (await readdir(folder)).sort();
      const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
      return [files, texts.map((one) => one.replace(/"?version_info"?: .*/, ''))];
    },
    reset: () => writeFile(path, text),
    close: () => rm(folder, { recursive: true }),
  };
}

describe('cut-over-center/envoy-file against real files', () => {
  describeActionContract('weights of localities in YAML', {
    action: 'envoy-file',
    world: (log) =>
      world(log, 'eds.yaml', EDS_YAML.replace('b }\n', 'b }\n        load_balancing_weight: 1\n'), params),
  });

  describeActionContract('weights of clusters in JSON', {
    action: 'envoy-file',
    world: (log) => world(log, 'rds.json', RDS_JSON, routes),
  });

  const earlier: Change[] = [
    { resource: 'envoy-file/orders/public', attribute: 'weight of orders-a', from: 90, to: 100 },
    { resource: 'envoy-file/orders/public', attribute: 'weight of orders-b', from: 10, to: 0 },
  ];
  describeActionContract('after an earlier step', {
    action: 'envoy-file',
    world: async (log) => ({ ...(await world(log, 'rds.json', RDS_JSON, routes)), earlier }),
  });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
    [
      'an apply whose signal is aborted fails and changes nothing',
      ({ apply }) => ({
        apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest),
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(
      withVariant({ action: 'envoy-file', world: async (log) => world(log, 'rds.json', RDS_JSON, routes) }, variant),
    );
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

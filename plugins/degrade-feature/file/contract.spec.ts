import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
import plugin from '../index.js';
import { beforeSchema } from './params.js';
import { FLAGS_JSON, FLAGS_YAML } from '../../../test/rig/flag-files.js';

const params = { file: 'shop', feature: 'recommendations' };
const nonsense: Json[] = [
  null,
  {},
  { ...params, path: '/etc/passwd' },
  ...['', 'other', '../shop', '/etc/passwd', '__proto__', 'toString'].map((file) => ({ ...params, file })),
  ...['', '*', 'a b', 'a\nb', '__proto__', '{{7*7}}', '$evaluators', 'other', 'x'.repeat(300)].map((feature) => ({
    ...params,
    feature,
  })),
  ...['', '*', 'a b', '__proto__', 7, null].map((variant) => ({ ...params, variant })),
  ...['false', 0, null].map((enabled) => ({ ...params, enabled })),
  { ...params, enabled: false, variant: 'none' },
];

async function world(log: PluginLog, name: string, text: string, given: Json = params): Promise<ActionWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-flags-'));
  const path = join(folder, name);
  return {
    plugin: plugin.instantiate({ file: { files: { shop: { path, features: ['recommendations', 'banner'] } } } }, log),
    params: given,
    nonsense,
    // Every byte of all files of the folder, so that nothing is left there and nothing is spelt anew.
    read: async () => {
      const files = (await readdir(folder)).sort();
      const modes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mode));
      return [files, modes, await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))];
    },
    reset: () => writeFile(path, text),
    close: () => rm(folder, { recursive: true }),
  };
}

describe('degrade-feature/file against real files', () => {
  describeActionContract('a flag disabled in YAML', {
    action: 'file',
    world: (log) => world(log, 'flags.yaml', FLAGS_YAML),
  });

  describeActionContract('a flag disabled in JSON', {
    action: 'file',
    world: (log) => world(log, 'flags.json', FLAGS_JSON),
  });

  describeActionContract('another default variant in YAML', {
    action: 'file',
    world: (log) => world(log, 'flags.yaml', FLAGS_YAML, { ...params, variant: 'off' }),
  });

  describeActionContract('another default variant in JSON', {
    action: 'file',
    world: (log) => world(log, 'flags.json', FLAGS_JSON, { ...params, variant: 'none' }),
  });

  const earlier: Change[] = [
    { resource: 'flag-file/shop/banner', attribute: 'state', from: 'ENABLED', to: 'DISABLED' },
    { resource: 'flag-file/shop/recommendations', attribute: 'state', from: 'DISABLED', to: 'ENABLED' },
  ];
  describeActionContract('after an earlier step', {
    action: 'file',
    world: async (log) => ({ ...(await world(log, 'flags.json', FLAGS_JSON)), earlier }),
  });

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
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'revert of a step that was never applied does nothing',
      ({ apply, plan }) => ({
        // Takes back by doing something else.
        revert: async (call) => {
          const other = { ...params, feature: 'banner' };
          return apply(call, other, (await plan({ ...call, earlier: [] }, other)).before);
        },
      }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({
        // Spells the value anew.
        revert: (call, given, before) => {
          const anew = { ...beforeSchema.parse(before), written: '"ENABLED"' };
          return revert(call, given, anew);
        },
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const subject = { action: 'file', world: (log: PluginLog) => world(log, 'flags.yaml', FLAGS_YAML) };
    expect((await contractViolations(withVariant(subject, variant))).map((one) => one.clause)).toContain(clause);
  });
});

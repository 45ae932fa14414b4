import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import plugin from './index.js';

const params = { lamp: 'first', state: 'on' };
const nonsense: Json[] = [
  null,
  {},
  { ...params, path: '/etc/passwd' },
  ...['', '*', '../x', 'A', '__proto__', '{{7*7}}', 'x'.repeat(41)].map((lamp) => ({ ...params, lamp })),
  ...['', 'dim', true].map((state) => ({ ...params, state })),
];

async function world(log: PluginLog, text?: string): Promise<ActionWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-practice-'));
  const path = join(folder, 'deep', 'lamps.json');
  const reset = async (): Promise<void> => {
    await rm(join(folder, 'deep'), { recursive: true, force: true });
    if (text === undefined) return;
    await mkdir(join(folder, 'deep'));
    await writeFile(path, text);
  };
  await reset();
  return {
    plugin: plugin.instantiate({ file: path }, log),
    params,
    nonsense,
    // no file, an empty one and a lamp that is off are the same
    read: async () => {
      const shining = await readFile(path, 'utf8').catch(() => '{}');
      return shining.match(/"\w+":"on"/g) ?? [];
    },
    reset,
    close: () => rm(folder, { recursive: true }),
  };
}

describe('practice/lamp', () => {
  describeActionContract('a lamp that nobody has switched yet', { action: 'lamp', world: (log) => world(log) });
  describeActionContract('a lamp among others', { action: 'lamp', world: (log) => world(log, '{"other":"on"}') });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      () => ({ revert: async () => ({ done: true }) }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const subject = { action: 'lamp', world: (log: PluginLog) => world(log) };
    expect((await contractViolations(withVariant(subject, variant))).map((one) => one.clause)).toContain(clause);
  });

  it('works without any settings', () => expect(plugin.config.safeParse({}).success).toBe(true));
});

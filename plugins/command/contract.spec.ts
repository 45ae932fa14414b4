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
import { switchProgram } from '../../test/rig/switch-program.js';
import plugin from './index.js';

const params = { name: 'shop', word: 'calm' };
const hostile = [
  '',
  '-f',
  '--help',
  '*',
  'a b',
  'a;b',
  'a\nb',
  'a\0',
  'a\u202Eb',
  '../shop',
  'shop/../../etc/passwd',
  '$(reboot)',
  '`reboot`',
  '{{7*7}}',
  '{name}',
  '|sh',
  '>out',
  "'",
  '"',
  '\\',
  '~root',
  '!1',
  'x'.repeat(10_000),
];
const nonsense: Json[] = [
  null,
  {},
  { ...params, path: '/bin/sh' },
  { ...params, run: ['/bin/sh'] },
  { ...params, before: 'x' },
  { name: 'shop' },
  { ...params, name: 7 },
  { ...params, word: 'unheard-of' },
  ...hostile.flatMap((text) => [
    { ...params, name: text },
    { ...params, word: text },
  ]),
];

/** @param kept whether the program can say what was there before */
function subject(kept: boolean): ContractSubject {
  return { action: 'set-word', world: (log) => world(log, kept) };
}

async function world(log: PluginLog, kept: boolean): Promise<ActionWorld> {
  const program = switchProgram();
  const verb = (name: string, ...rest: string[]) => [program.path, name, '{name}', ...rest];
  const command = {
    summary: 'Set a word',
    // Wide on purpose: what no command may ever get is refused all the same.
    params: { name: { pattern: '.*' }, word: { oneOf: ['calm', 'loud'] } },
    dryRun: verb('preview', '{word}'),
    run: verb('set', '{word}'),
    verify: verb('is', '{word}'),
    revert: verb('set', kept ? '{before}' : 'loud'),
    ...(kept ? { state: verb('get') } : {}),
    idempotency: kept ? 'conditional' : 'natural',
    env: { FOLDER: program.folder },
    secretEnv: { TOKEN: 'canary-5512' },
  };
  const make = (change: object = {}) =>
    plugin.instantiate({ commands: { 'set-word': { ...command, ...change } } }, log);
  return {
    plugin: make(),
    params,
    nonsense,
    unreachable: make({ dryRun: ['/bin/sh', '-c', 'echo "$TOKEN" >&2; exit 3'], secretEnv: {} }),
    read: async () => program.words(),
    reset: async () => program.write('shop', 'loud'),
    effects: program.writes,
    close: async () => program.remove(),
  };
}

describe('command against a real program', () => {
  describeActionContract('one that says what was there', subject(true));
  describeActionContract('one that does not', subject(false));

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
    ['plan changes nothing', ({ plan, apply }) => ({ plan: planThatActs(plan, apply) })],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
    [
      'check says that a change is needed, and changes nothing',
      () => ({ check: async () => ({ needed: false, because: 'of laziness' }) }),
    ],
    [
      'no secret of the configuration is in a log line, an error or a plan',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), summary: 'with canary-5512' }) }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const found = await contractViolations(withVariant(subject(true), variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

function planThatActs(plan: Action['plan'], apply: Action['apply']): Action['plan'] {
  return async (call, given) => {
    const made = await plan(call, given);
    await apply({ ...call, key: 'k', epoch: 1, fence: async () => {} }, given, made.before);
    return made;
  };
}

import { chmodSync, chownSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../test/rig/failure.js';
import { plainCall } from '../../test/rig/plain-call.js';
import { switchProgram, type SwitchProgram } from '../../test/rig/switch-program.js';
import { shownSettings } from '../../test/rig/shown-settings.js';
import plugin from './index.js';

let program: SwitchProgram;
beforeEach(() => {
  program = switchProgram();
  program.write('shop', 'loud');
});
afterEach(() => program.remove());

const params = { name: 'shop', word: 'calm' };
const verb = (name: string, ...rest: string[]) => [program.path, name, ...rest];

/** The settings of a sound command, with what is different about it. */
const settings = (differs: object = {}) => ({
  summary: 'Set a word',
  params: { name: { pattern: '[a-z]+' }, word: { oneOf: ['calm', 'loud'] } },
  dryRun: verb('preview', '{name}', '{word}'),
  run: verb('set', '{name}', '{word}'),
  verify: verb('is', '{name}', '{word}'),
  state: verb('get', '{name}'),
  revert: verb('set', '{name}', '{before}'),
  idempotency: 'conditional',
  timeout: '2s',
  env: { FOLDER: program.folder },
  ...differs,
});
const instance = (differs: object = {}, log = plainCall().log) =>
  plugin.instantiate({ commands: { 'set-word': settings(differs) } }, log);
const anAction = (differs: object = {}) => instance(differs).provided.actions!['set-word']!;
const before = { state: 'loud' };

describe('a plan', () => {
  it('is what the dry run printed, and begins with the state', async () => {
    expect(await anAction().plan(plainCall(), params)).toEqual({
      summary: 'set-word: shop: loud -> calm',
      changes: [
        { resource: 'command/set-word/shop/calm', attribute: 'effect', from: 'loud', to: 'shop: loud -> calm' },
      ],
      before,
    });
  });

  it('S8: shows control characters, and what turns the writing around, as what they are', async () => {
    const { changes } = await anAction({ dryRun: verb('hostile') }).plan(plainCall(), params);
    expect(changes.map(({ to }) => to)).toEqual(['one\\u{1b}[2Jtwo\\u{202e}three', 'second line']);
  });

  it('S16: says when more was printed than is shown', async () => {
    const flood = anAction({ dryRun: verb('flood'), output: 1_000 });
    const { changes } = await flood.plan(plainCall(), params);
    expect(changes.map(({ to }) => JSON.stringify(to).length - 2)).toEqual([303, 30]);
    expect(changes[1]?.to).toBe('(and more: the output was cut)');
  });

  it('is refused when the dry run says nothing', async () => {
    expect(await failure(anAction({ dryRun: verb('nothing') }).plan(plainCall(), params))).toMatchObject({
      code: 'not-understood',
      again: false,
      message: /printed nothing/,
    });
  });
});

describe('S5: a value', () => {
  it('is one argument or the end of one, whatever is in it', async () => {
    const wide = { params: { name: { pattern: '.*' }, word: { pattern: '.*' } }, state: undefined, revert: undefined };
    const dryRun = verb('arguments', '{name}', '--word={word}', 'plain', '{}', '{"json": 1}');
    const action = anAction({ ...wide, dryRun, idempotency: 'natural' });
    const { changes } = await action.plan(plainCall(), { name: 'a,b=c/d%20@e:f', word: '1+1' });
    expect(changes.map(({ to }) => to)).toEqual([
      '[a,b=c/d%20@e:f]',
      '[--word=1+1]',
      '[plain]',
      '[{}]',
      '[{"json": 1}]',
    ]);
  });

  it('must fit all of the pattern', () => {
    const { params: schema } = anAction();
    expect(schema.safeParse(params).success).toBe(true);
    for (const name of ['shop1', 'Shop', 'shop\n', ''])
      expect(schema.safeParse({ ...params, name }).success).toBe(false);
  });

  it('S9: is compared in linear time', () => {
    const { params: schema } = anAction({ params: { name: { pattern: '(a+)+b' }, word: { pattern: 'x' } } });
    const began = performance.now();
    expect(schema.safeParse({ name: 'a'.repeat(200), word: 'x' }).success).toBe(false);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

it('S16: a program sees what is configured and the key, and nothing of the service', async () => {
  process.env['FIREBREAK_CANARY'] = 'canary-77';
  const said: string[] = [];
  const log = { info: (message: string) => void said.push(message), warn: () => {} };
  const action = anAction({ run: verb('environment'), secretEnv: { TOKEN: 'canary-88' } });
  // It ends well and changes nothing, which is not believed.
  const error = await failure(action.apply({ ...plainCall(), log }, params, before));
  delete process.env['FIREBREAK_CANARY'];
  expect(error).toMatchObject({ code: 'did-not-take', message: /ended well, and verify says that it is not in force/ });
  expect(said).toEqual(['run said: FIREBREAK_EPOCH FIREBREAK_KEY FOLDER LANG PATH TOKEN']);
  expect(instance({ secretEnv: { TOKEN: 'canary-88' } }).secrets).toEqual(['canary-88']);
});

describe('a program that', () => {
  it.each([
    ['later', 'try-again', true, 'command/set-word dryRun asks to be tried again later: busy with a backup'],
    ['broken', 'command-failed', true, 'command/set-word dryRun ended with 9: out of paper'],
    ['slow', 'timed-out', true, 'command/set-word dryRun did not end within 300 ms and was stopped'],
  ])('is %s is an error that says so', async (what, code, again, message) => {
    const action = anAction({ dryRun: verb(what), timeout: '300ms' });
    expect(await failure(action.plan(plainCall(), params))).toMatchObject({ code, again, message });
  });

  it('can say by its own exit code that nothing is needed', async () => {
    const check = ['/bin/sh', '-c', 'echo all quiet; exit 42'];
    expect(await anAction({ check, notNeeded: 42 }).check(plainCall(), params)).toEqual({
      needed: false,
      because: 'all quiet',
    });
    expect(await failure(anAction({ check }).check(plainCall(), params))).toMatchObject({ code: 'command-failed' });
    expect(await anAction({ check: verb('get', '{name}') }).check(plainCall(), params)).toEqual({ needed: true });
  });

  it('can neither be asked whether it took: that is not taken for a no', async () => {
    expect(await failure(anAction({ verify: verb('broken') }).verify(plainCall(), params, before))).toMatchObject({
      code: 'command-failed',
    });
    const isActive = ['/bin/sh', '-c', 'exit 3'];
    expect(await anAction({ verify: isActive, notInForce: 3 }).verify(plainCall(), params, before)).toMatchObject({
      took: false,
    });
  });

  it('I4: does its work and is stopped before it says so has had one effect, which the next attempt finds', async () => {
    const action = anAction({ run: verb('lose-answer', '{name}', '{word}'), timeout: '300ms' });
    expect(await failure(action.apply(plainCall(), params, before))).toMatchObject({ code: 'timed-out', again: true });
    expect(await action.verify(plainCall(), params, before)).toEqual({ took: true });
    await action.apply(plainCall(), params, before);
    expect(program.writes()).toBe(1);
  });

  it('finds another state than it was planned from is not begun', async () => {
    program.write('shop', 'furious');
    expect(await failure(anAction().apply(plainCall(), params, before))).toMatchObject({
      code: 'changed-meanwhile',
      again: false,
      message: 'set-word: state is furious, and was loud',
    });
    expect(program.words()).toEqual({ shop: 'furious' });
  });

  it('takes back nothing although it ended well is an error', async () => {
    const action = anAction({ revert: ['/bin/true'] });
    await action.apply(plainCall(), params, before);
    expect(await failure(action.revert(plainCall(), params, before))).toMatchObject({ code: 'not-restored' });
  });

  it('knows no way back says so', () => {
    expect(anAction({ revert: undefined }).reversible).toBe(false);
    expect(anAction().reversible).toBe(true);
  });
});

describe('a program is not run', () => {
  const other = () => join(program.folder, 'other');
  const cases: [string, RegExp, () => string | void][] = [
    ['when it has gone', /can't be found: ENOENT/, () => {}],
    ['when it is a folder', /is no plain file/, () => mkdirSync(other())],
    ['when others may write it', /can be written by others/, () => chmodSync(copied(), 0o757)],
    ['when its group may write it', /can be written by others/, () => chmodSync(copied(), 0o775)],
    ['when it may not be run', /may not be run/, () => chmodSync(copied(), 0o644)],
    [
      'when others may write the folder it is in',
      /stands below .*open, which can be written by others/,
      () => {
        const open = join(program.folder, 'open');
        mkdirSync(open);
        cpSync(program.path, join(open, 'switch'));
        chmodSync(open, 0o777);
        return join(open, 'switch');
      },
    ],
    [
      'when a link leads to one that others may write',
      /can be written by others/,
      () => {
        symlinkSync(copied(), join(program.folder, 'link'));
        chmodSync(other(), 0o777);
        return join(program.folder, 'link');
      },
    ],
  ];
  const copied = () => {
    cpSync(program.path, other());
    return other();
  };

  it.each(cases)('%s', async (_, message, make) => {
    const path = make() ?? other();
    const expected = { code: 'untrusted-program', again: false, message };
    const action = anAction({ run: [path, 'set', '{name}', '{word}'] });
    expect(await failure(action.apply(plainCall(), params, before))).toMatchObject(expected);
    expect(program.writes()).toBe(0);
  });

  it.skipIf(process.getuid?.() !== 0)('when it belongs to somebody else', async () => {
    chownSync(copied(), 65_534, 65_534);
    expect(await failure(anAction({ run: [other()] }).apply(plainCall(), params, before))).toMatchObject({
      code: 'untrusted-program',
      message: /belongs to user 65534/,
    });
  });

  it('when it was changed since the last time', async () => {
    const action = anAction({ dryRun: [copied(), 'preview', '{name}', '{word}'] });
    await action.plan(plainCall(), params);
    chmodSync(other(), 0o777);
    expect(await failure(action.plan(plainCall(), params))).toMatchObject({ code: 'untrusted-program' });
  });
});

describe('the configuration', () => {
  it.each([
    ['a program by its name only', { run: ['switch', '{name}'] }, /absolute path/],
    ['a hole for the program', { run: ['/opt/{name}'] }, /the program itself has no holes/],
    ['a hole inside an argument', { run: ['/bin/echo', 'x{name}'] }, /a hole is a whole argument/],
    ['a hole inside a script', { run: ['/bin/sh', '-c', 'restart {name}'] }, /a hole is a whole argument/],
    ['two holes in one argument', { run: ['/bin/echo', '{name}{word}'] }, /a hole is a whole argument/],
    ['a hole that is no parameter', { run: ['/bin/echo', '{other}'] }, /\{other\} is not among params/],
    ['the state before it is known', { run: ['/bin/echo', '{before}'] }, /\{before\} is not among params/],
    ['the state where there is none', { state: undefined, idempotency: 'none' }, /\{before\} is not among params/],
    ['a condition without a state', { state: undefined, revert: undefined }, /conditional needs state/],
    ['a pattern that is none', { params: { name: { pattern: '(' }, word: { oneOf: ['a'] } } }, /RE2/],
    ['a choice that is a flag', { params: { name: { oneOf: ['--all'] }, word: { oneOf: ['a'] } } }, /not begin with -/],
    ['no way to see whether it took', { verify: undefined }, /verify/],
    ['no dry run', { dryRun: undefined }, /dryRun/],
    ['an unknown key', { shell: true }, /shell/],
  ])('with %s is refused', (_, differs, message) => {
    expect(() => instance(differs)).toThrow(message);
  });

  it('of the README is one', () => {
    for (const shown of shownSettings('command'))
      expect(() => plugin.instantiate(shown, plainCall().log)).not.toThrow();
  });
});

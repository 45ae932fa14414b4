import { chmodSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import command from '../../plugins/command/index.js';
import { tried } from '../rig/one-step.js';
import { switchProgram, type SwitchProgram } from '../rig/switch-program.js';

const UNTOUCHED = /^failed: no plan, nothing was touched: only: /;
const TAKEN_BACK = /^failed: taken back because a step failed: /;
const log = { info: () => {}, warn: () => {} };

describe('command, when its program fails', () => {
  let program: SwitchProgram;
  beforeEach(() => {
    program = switchProgram();
    program.write('shop', 'loud');
    return () => program.remove();
  });

  const run = (differs: Readonly<Record<string, readonly string[]>> = {}, token = 'canary-90fe') => {
    const verb = (name: string, ...rest: string[]) => [program.path, name, 'shop', ...rest];
    const settings = {
      summary: 'Calm the shop',
      dryRun: verb('preview', 'calm'),
      run: verb('set', 'calm'),
      verify: verb('is', 'calm'),
      state: verb('get'),
      revert: verb('set', '{before}'),
      idempotency: 'conditional',
      timeout: '900ms',
      env: { FOLDER: program.folder },
      secretEnv: { TOKEN: token },
      ...differs,
    };
    return tried(command.instantiate({ commands: { calm: settings } }, log), 'calm', {});
  };
  const sh = (script: string) => ['/bin/sh', '-c', script];

  it('is sound: with a program that is well it succeeds with a change', async () => {
    expect(await run()).toMatch(/^succeeded/);
    expect([program.words(), program.writes()]).toEqual([{ shop: 'calm' }, 1]);
  });

  it.each([
    ['missing', { dryRun: ['/no/such/program'] }, /\/no\/such\/program can't be found: ENOENT; it is not run/],
    ['hanging', { dryRun: sh('sleep 60') }, /dryRun did not end within 900 ms/],
    ['refusing its credentials', { dryRun: sh('echo "bad token $TOKEN" >&2; exit 77') }, /ended with 77: bad token/],
    ['printing nothing', { dryRun: sh('true') }, /it must say what would change/],
    ['printing without end', { dryRun: sh('yes') }, /printed without end|output was cut/],
    ['answering rubbish to a question', { state: sh('printf "\\377\\033[2J\\0"') }, /state must print one word/],
    ['ending with a code that is no answer', { verify: sh('exit 42') }, /verify ended with 42/],
  ])('%s: nothing is touched, and the words say what to look at', async (_, differs, words) => {
    const end = await run(differs);
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(words);
    expect(end).not.toContain('canary-90fe');
    expect([program.words(), program.writes()]).toEqual([{ shop: 'loud' }, 0]);
  });

  it('may not be run: the words say which right is missing', async () => {
    chmodSync(program.path, 0o644);
    const end = await run();
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(/chmod \+x/);
  });

  it.each([
    ['missing when it is to write', { run: ['/no/such/program'] }, /can't be found/],
    ['saying no when it is to write', { run: sh('echo "out of paper" >&2; exit 9') }, /ended with 9: out of paper/],
    ['killed before it wrote', { run: sh('kill -9 $$') }, /killed by SIGKILL/],
  ])('%s: nothing has happened, and that is known', async (_, differs, words) => {
    const end = await run(differs);
    expect(end).toMatch(TAKEN_BACK);
    expect(end).toMatch(words);
    expect([program.words(), program.writes()]).toEqual([{ shop: 'loud' }, 0]);
  });

  it.each([
    ['never saying so', (path: string) => [path, 'lose-answer', 'shop', 'calm']],
    ['killed after it', (path: string) => sh(`${path} set shop calm; kill -9 $$`)],
    ['ending as if it had not', (path: string) => sh(`${path} set shop calm; exit 3`)],
  ])('I4: writing and %s: it is asked, not run again', async (_, made) => {
    expect(await run({ run: made(program.path) })).toMatch(/^succeeded/);
    expect([program.words(), program.writes()]).toEqual([{ shop: 'calm' }, 1]);
  });

  it('I4: ending well and doing nothing is no success', async () => {
    const end = await run({ run: sh('true') });
    expect(end).toMatch(/^failed: /);
    expect(program.words()).toEqual({ shop: 'loud' });
  });
});

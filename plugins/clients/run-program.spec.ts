import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../test/rig/wait-for.js';
import { runProgram, type Program } from './run-program.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'run-program-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const run = (script: string, differs: Partial<Program> = {}, signal = never) =>
  runProgram({ name: 'the script', argv: ['/bin/sh', '-c', script], timeoutMs: 5_000, ...differs }, signal);
const failure = (made: Promise<unknown>) => made.catch((error: unknown) => error);
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // What waits for its parent to ask for its exit code is dead.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

describe('a program that ends', () => {
  it('gives its exit code and what it printed', async () => {
    expect(await run('echo out; echo err >&2; exit 75')).toEqual({
      code: 75,
      stdout: 'out\n',
      stderr: 'err\n',
      isCut: false,
    });
  });

  it('S16: sees nothing of the environment of the service', async () => {
    process.env['FIREBREAK_CANARY'] = 'canary-4411';
    const { stdout } = await run('env', { env: { MODE: 'test' } });
    delete process.env['FIREBREAK_CANARY'];
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    // The shell itself adds PWD and the like.
    const ofTheShell = ['PWD', 'SHLVL', '_', 'OLDPWD'];
    expect(new Set(names.filter((name) => !ofTheShell.includes(name ?? '')))).toEqual(
      new Set(['LANG', 'MODE', 'PATH']),
    );
  });

  it('S5: gets its arguments as they are, because no shell sees them', async () => {
    const hostile = ['$(touch x)', '; rm -rf /', '`id`', "'", '*', '\u202E', 'a\nb'];
    const argv = ['/usr/bin/printf', '%s|', ...hostile];
    expect((await run('', { argv, cwd: folder })).stdout).toBe(`${hostile.join('|')}|`);
  });

  it('reads its input to the end, and finds an empty one when there is none', async () => {
    expect((await run('cat', { input: 'one\ntwo' })).stdout).toBe('one\ntwo');
    expect((await run('cat /dev/stdin', { input: 'by its name' })).stdout).toBe('by its name');
    expect((await run('cat; echo over')).stdout).toBe('over\n');
  });

  it('may ignore an input that is larger than a pipe holds', async () => {
    expect(await run('exit 3', { input: 'x'.repeat(5_000_000) })).toMatchObject({ code: 3 });
  });

  it('is heard up to a limit only, without half a character at the cut', async () => {
    const { stdout, isCut } = await run("printf 'aé'; head -c 100000 /dev/zero", { keepBytes: 2 });
    expect({ stdout, isCut }).toEqual({ stdout: 'a', isCut: true });
  });

  it('S16: takes with it what it has left behind, and does not wait for those who hold its pipes', async () => {
    const began = performance.now();
    const { stdout } = await run('sleep 300 & echo $!');
    expect(performance.now() - began).toBeLessThan(3_000);
    await waitFor('the end of the one left behind', () => !isAlive(Number(stdout)), 30_000);
  });
});

describe('a program that must be stopped', () => {
  it('at its time-out is asked first, and may clean up', async () => {
    const error = await failure(
      run("trap 'echo cleaned > mark; exit 0' TERM; while :; do sleep 0.01; done", { timeoutMs: 200, cwd: folder }),
    );
    expect(error).toMatchObject({
      code: 'timed-out',
      again: true,
      message: 'the script did not end within 200 ms and was stopped',
    });
    expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe('cleaned\n');
  });

  it('goes with its whole group when it does not want to', async () => {
    const script = "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 0.05; done' & wait";
    const began = performance.now();
    expect(await failure(run(script, { timeoutMs: 300, cwd: folder }))).toMatchObject({ code: 'timed-out' });
    expect(performance.now() - began).toBeLessThan(4_000);
    const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
    await waitFor('the end of the child', () => !isAlive(child), 30_000);
  });

  it('is stopped when the call is broken off, and not begun when it was before', async () => {
    const abort = new AbortController();
    const stopped = failure(run('echo $$ > pid; sleep 300', { cwd: folder }, abort.signal));
    const pid = await waitFor('its start', () => Number(readFileSync(join(folder, 'pid'), 'utf8')), 30_000);
    abort.abort();
    expect(await stopped).toMatchObject({ code: 'aborted', message: /was stopped before its end/ });
    await waitFor('its end', () => !isAlive(pid), 30_000);
    expect(await failure(run('touch begun', { cwd: folder }, abort.signal))).toMatchObject({ code: 'aborted' });
    expect(() => readFileSync(join(folder, 'begun'))).toThrow('ENOENT');
  });

  it('S16: prints without end, and is not read for ever', async () => {
    expect(await failure(run('yes'))).toMatchObject({ code: 'too-much-output', again: true });
  });

  it('is killed by somebody else', async () => {
    expect(await failure(run('kill -9 $$'))).toMatchObject({ code: 'killed', message: /SIGKILL/ });
  });
});

it.each([
  ['is not there', ['/no/such/program'], 'ENOENT'],
  ['may not be run', ['/etc/passwd'], 'EACCES'],
  ['has a NUL in an argument', ['/bin/true', 'a\0b'], 'ERR_INVALID_ARG_VALUE'],
])('a program that %s is said to be not runnable', async (_, argv, why) => {
  expect(await failure(run('', { argv }))).toMatchObject({
    code: 'not-runnable',
    again: false,
    message: `the script can't be run: ${why} for ${argv[0]}`,
  });
});

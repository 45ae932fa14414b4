import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { oneLine } from './one-line.js';
import { KeptOutput } from './kept-output.js';
import { Stopping } from './stopping.js';

/** What a program is given to find others by, where nothing else is said. */
const PLAIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Pipes may be held open by a process that left the group; its words are not waited for. */
const LAST_WORDS_MS = 200;

/** A program to run to its end; nothing of it may come from an alert but single arguments that a schema has let through. */
export interface Program {
  /** What it is called in errors. */
  readonly name: string;
  /** The program, by an absolute path or found on a plain `PATH`, and its arguments. No shell sees them. */
  readonly argv: readonly string[];
  /** Then it is stopped, with all that it has started: SIGTERM, a second later SIGKILL. In milliseconds. */
  readonly timeoutMs: number;
  /** What it reads from its standard input; nothing unless told. */
  readonly input?: string;
  /** `/` unless told. */
  readonly cwd?: string;
  /** All of its environment besides `PATH` and `LANG=C`: nothing of the service's own, which has secrets in it. */
  readonly env?: Readonly<Record<string, string>>;
  /** How much of each output is kept, in bytes; 64 KiB unless told. */
  readonly keepBytes?: number;
}

/** How a program ended by itself. */
export interface Ended {
  /** 0 to 255. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether more was printed than was kept. */
  readonly isCut: boolean;
}

/**
 * Runs a program to its end, in a process group of its own: when it is over, whatever it has left behind in that group is
 * killed too. Any exit code is an answer.
 *
 * @param signal stops it as the time-out does
 * @throws PluginError `timed-out`, `aborted`, `too-much-output` or `killed` (it may have done its work all the same);
 *   `not-runnable` (it was never begun)
 */
export async function runProgram(program: Program, signal: AbortSignal): Promise<Ended> {
  const { name, timeoutMs, keepBytes = 64 * 1024 } = program;
  if (signal.aborted) throw new PluginError('aborted', `${name} was not begun: the call was broken off`);
  const child = start(program);
  const stopping = new Stopping(child);
  const tooMuch = () =>
    stopping.stop(new PluginError('too-much-output', `${name} printed without end and was stopped`));
  const stdout = new KeptOutput(child.stdout, keepBytes, tooMuch);
  const stderr = new KeptOutput(child.stderr, keepBytes, tooMuch);
  const timer = setTimeout(
    () => stopping.stop(new PluginError('timed-out', `${name} did not end within ${timeoutMs} ms and was stopped`)),
    timeoutMs,
  );
  const abort = () =>
    stopping.stop(new PluginError('aborted', `${name} was stopped before its end: the call was broken off`));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const end = await endOf(child, stopping);
    if (stopping.because !== undefined) throw stopping.because;
    if (end.error !== undefined) throw notRunnable(program, end.error);
    if (end.code === null)
      throw new PluginError('killed', `${name} was killed by ${end.by ?? 'somebody else'} before its end`);
    return { code: end.code, stdout: stdout.text(), stderr: stderr.text(), isCut: stdout.isCut || stderr.isCut };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stopping.end();
  }
}

function start(program: Program): ChildProcess {
  const { argv, input, cwd = '/', env = {} } = program;
  const [path = '', ...args] = argv;
  let given: number | undefined;
  try {
    given = input === undefined ? undefined : fileWith(input);
    return spawn(path, args, {
      cwd,
      env: { PATH: PLAIN_PATH, LANG: 'C', ...env },
      detached: true,
      stdio: [given ?? 'ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    throw notRunnable(program, error);
  } finally {
    if (given !== undefined) closeSync(given);
  }
}

/**
 * Opens a file that holds a text and has no name any more. Node's own pipes are sockets, and what opens `/dev/stdin` by
 * its name, as `nft -f -` does, can't read those.
 */
function fileWith(text: string): number {
  const path = join(tmpdir(), `.firebreak-input-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  rmSync(path);
  const bytes = Buffer.from(text);
  // At a given place, so that whoever reads it starts at its beginning.
  for (let at = 0; at < bytes.byteLength;) at += writeSync(file, bytes, at, bytes.byteLength - at, at);
  return file;
}

interface End {
  readonly code: number | null;
  readonly by?: NodeJS.Signals | null;
  readonly error?: unknown;
}

/** Comes back when it is gone and has said its last words, or when nothing more can be done about it. */
async function endOf(child: ChildProcess, stopping: Stopping): Promise<End> {
  const gone = new Promise<End>((resolve) => {
    child.once('error', (error) => resolve({ code: null, error }));
    child.once('exit', (code, by) => resolve({ code, by }));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = await Promise.race([gone, stopping.givenUp.then((): End => ({ code: null }))]);
  stopping.end();
  if (end.error !== undefined) return end;
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([closed, new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_WORDS_MS)))]);
  clearTimeout(timer);
  for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
  return end;
}

function notRunnable({ name, argv: [path = ''] }: Program, error: unknown): PluginError {
  const why =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given';
  return new PluginError('not-runnable', `${name} can't be run: ${why} for ${oneLine(path)}`, false);
}

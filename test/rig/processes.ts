import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killWhenGone, removeWhenGone, spare } from './guardian.js';
import { waitFor } from './wait-for.js';

/** What is started, where, and how to see that it is ready. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The working folder; it belongs to the caller, who removes it. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** True (or no exception) once it can be used. */
  readonly ready: () => boolean | Promise<boolean>;
  readonly readyWithinMs?: number;
}

/** A real program that runs as a process of its own. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly folder: string;
  readonly isRunning: () => boolean;
  /** The last lines it has printed. */
  readonly output: (lines?: number) => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGTERM, and after five seconds SIGKILL. */
  readonly stop: () => Promise<void>;
  /** SIGKILL, and back when it is gone. */
  readonly kill: () => Promise<void>;
}

/** Makes an empty folder for one part of the rig, which goes with this process at the latest. */
export function rigFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `firebreak-rig-${name}-`));
  removeWhenGone(folder);
  return folder;
}

/** Removes a folder made by `rigFolder`. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts a program and comes back when it is ready; what it prints goes to `<name>.log` in its folder. */
export async function startProcess(program: Program): Promise<RunningProcess> {
  const logFile = join(program.folder, `${program.name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(program.command, [...program.args], {
    cwd: program.folder,
    env: { ...ownEnvironment(), ...program.env },
    detached: true, // a process group of its own, so that its children go with it
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let failure = '';
  child.on('error', (error) => (failure = error.message));
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${program.command} could not be started; is it installed and on PATH?`);
  killWhenGone(pid);
  let running = true;
  child.on('exit', () => {
    running = false;
    spare(pid);
  });

  const output = (lines = 20): string => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  const end = async (signal: NodeJS.Signals, withinMs: number): Promise<boolean> => {
    if (running) signalGroup(pid, signal);
    return waitFor(`the end of ${program.name}`, () => !running, withinMs, 5).catch(() => false);
  };
  const kill = async (): Promise<void> => {
    if (!(await end('SIGKILL', 30_000))) throw new Error(`${program.name} (process ${pid}) survived SIGKILL`);
  };
  const stop = async (): Promise<void> => {
    if (!(await end('SIGTERM', 5_000))) await kill();
  };

  try {
    await waitFor(
      `${program.name} to be ready`,
      async () => !running || (await program.ready()),
      program.readyWithinMs ?? 60_000,
    );
    if (!running) throw new Error(`${program.name} ended at once ${failure}`);
  } catch (error) {
    const said = output();
    await kill();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${said}`, { cause: error });
  }
  return {
    name: program.name,
    pid,
    folder: program.folder,
    isRunning: () => running,
    output,
    signal: (signal) => process.kill(pid, signal),
    stop,
    kill,
  };
}

// Below what systems give to outgoing connections: nobody takes one of these while its server is down for a moment, nor the
// one 10,000 above, on which the servers of a Redis Cluster talk to each other.
const PORTS = { least: 10_240, below: 22_768 };
/** Each of the test runner's processes has ports of its own: what one has asked for is free until its program listens. */
const SHARES = 16;
const share = Number(process.env['VITEST_POOL_ID'] ?? randomInt(SHARES)) % SHARES;
const inShare = (PORTS.below - PORTS.least) / SHARES;
let asked = randomInt(inShare);

/** Gives a TCP port that was free a moment ago, and that nobody else has been given for a good while. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.least + share + SHARES * (asked++ % inShare);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** What this process was given, without settings that somebody made for a Firebreak of their own. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FIREBREAK_')));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone between the question and the signal: that is what was wanted.
  }
}

import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installed } from './installed.js';
import { freeSharedMemoryWhenGone } from './guardian.js';
import type { Place } from './place.js';
import { startProcess } from './processes.js';
import { waitFor } from './wait-for.js';

/**
 * Stands where systemd stands elsewhere: starts the server when a line comes through the pipe, and again only when the
 * next one comes. So whoever may write into the pipe can start it, such as `deploy/postgres/rejoin`, and still it belongs
 * to a process group that the guardian knows.
 */
const KEEPER = 'exec 3<>"$1"; shift; while read -r order <&3; do "$@"; done';

/** Starts, stops and kills one PostgreSQL server. */
export interface Keeper {
  readonly pipe: string;
  readonly start: () => Promise<void>;
  /** A clean shutdown: all that was written is on the standby, if it is there. */
  readonly stop: () => Promise<void>;
  /** SIGKILL of the server and of all its children, at once. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP of the server and all its children: connections stay, and nobody answers. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly isRunning: () => boolean;
  /** Ends the keeper too. */
  readonly end: () => Promise<void>;
  readonly output: (lines?: number) => string;
}

/** What comes before a command of PostgreSQL's, which refuses to run as root. */
export function asPostgres(place: Place): string[] {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
  return [...place.through, ...user];
}

/** Runs a command of PostgreSQL's to its end. */
export async function runAsPostgres(place: Place, ...command: readonly string[]): Promise<void> {
  const [program = '', ...rest] = [...asPostgres(place), ...command];
  await promisify(execFile)(program, rest, { cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
}

/**
 * Starts a keeper, which has started nothing yet.
 *
 * @param folder holds the pipe and the sockets; owned by the user of the server
 * @param dataDir the server's data
 * @param answers whether the server can be used
 */
export async function startKeeper(
  name: string,
  place: Place,
  folder: string,
  dataDir: string,
  answers: () => Promise<boolean>,
): Promise<Keeper> {
  const pipe = join(folder, `${name}.start`);
  freeSharedMemoryWhenGone(join(dataDir, 'postmaster.pid'));
  await runAsPostgres(place, 'mkfifo', pipe);
  const [command = 'sh', ...args] = asPostgres(place).concat('sh', '-c', KEEPER, 'keeper', pipe);
  const keeper = await startProcess({
    name: `postgres-${name}`,
    command,
    args: [...args, installed('postgres'), '-D', dataDir],
    folder,
    env: { LC_ALL: 'C' },
    ready: () => true,
  });
  const isRunning = () => isAlive(postmasterOf(dataDir));
  const gone = () => waitFor(`the end of PostgreSQL ${name}`, () => !isRunning(), 20_000, 5);
  const kill = async () => {
    const segment = sharedMemoryOf(dataDir);
    const lock = join(folder, `.s.PGSQL.${linesOf(dataDir)[3] ?? ''}.lock`);
    signalTree(postmasterOf(dataDir), 'SIGKILL');
    await gone();
    // The server can't clean up after itself then; its number in the lock may soon be another server's.
    rmSync(lock, { force: true });
    if (segment !== undefined) spawnSync('ipcrm', ['-m', segment], { stdio: 'ignore' });
  };
  return {
    pipe,
    isRunning,
    kill,
    freeze: () => signalTree(postmasterOf(dataDir), 'SIGSTOP'),
    thaw: () => signalTree(postmasterOf(dataDir), 'SIGCONT'),
    output: keeper.output,
    start: async () => {
      if (isRunning()) return;
      appendFileSync(pipe, 'start\n');
      await waitFor(`PostgreSQL ${name} to answer`, answers, 20_000).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${keeper.output()}`, { cause: error });
      });
    },
    stop: async () => {
      if (!isRunning()) return;
      await runAsPostgres(place, installed('pg_ctl'), 'stop', '-D', dataDir, '-m', 'fast', '-t', '20');
      await gone();
    },
    end: async () => {
      if (isRunning()) await kill();
      await keeper.kill();
    },
  };
}

/** The first line of the server's own file; undefined when there is none. */
function postmasterOf(dataDir: string): number | undefined {
  const line = linesOf(dataDir)[0];
  return line === undefined ? undefined : Number(line);
}

function sharedMemoryOf(dataDir: string): string | undefined {
  return linesOf(dataDir)[6]?.trim().split(/\s+/)[1];
}

function linesOf(dataDir: string): string[] {
  const file = join(dataDir, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}

/** Stops the server first, so that it starts no further children while they are counted. */
function signalTree(pid: number | undefined, what: NodeJS.Signals): void {
  if (pid === undefined || !isAlive(pid)) return;
  signal(pid, 'SIGSTOP');
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  for (const [child, parent] of rows) if (parent === pid && child !== undefined) signal(child, what);
  signal(pid, what);
}

function signal(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what);
  } catch {
    // Gone between the look and the signal.
  }
}

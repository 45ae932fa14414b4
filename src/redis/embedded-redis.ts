import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis of our own that runs as a child process and keeps its data under the data folder. */
export interface EmbeddedRedis {
  /** Unix socket to connect to. */
  readonly socket: string;
  /** Stops it in good order; everything is on disk by then. */
  stop(): Promise<void>;
}

/** Names the programs that can serve, in the order in which they are looked for. */
const PROGRAMS = ['redis-server', 'valkey-server'] as const;
const START_WITHIN_MS = 30_000;
const RESTART_AFTER_MS = 200;
/** The kernel takes no longer paths for a unix socket. */
const LONGEST_SOCKET = 100;

/**
 * Starts the embedded Redis with `appendfsync always`: what it has acknowledged survives a power cut. When it ends
 * without having been asked to, it is started again on the same data.
 *
 * @param dataDir absolute; the data stand in `<dataDir>/redis`
 * @param warn told when it ended by itself
 * @throws Error when no program can be started, with what to do
 */
export async function startEmbeddedRedis(dataDir: string, warn: (message: string) => void): Promise<EmbeddedRedis> {
  const folder = join(dataDir, 'redis');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const socket = socketFor(folder);
  await stopOrphan(socket);
  let stopping = false;
  let child = await start(folder, socket);
  const watch = (): void => {
    child.once('exit', (code, signal) => {
      if (stopping) return;
      warn(`the embedded Redis ended (${signal ?? code}); it is started again`);
      setTimeout(() => {
        start(folder, socket).then(
          (next) => {
            child = next;
            watch();
          },
          (error: unknown) => warn(`the embedded Redis could not be started again: ${String(error)}`),
        );
      }, RESTART_AFTER_MS);
    });
  };
  watch();
  return {
    socket,
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Gives the socket of the embedded Redis with its data in this folder, whether it runs or not. */
export function embeddedSocket(dataDir: string): string {
  return socketFor(join(dataDir, 'redis'));
}

function socketFor(folder: string): string {
  const beside = join(folder, 'redis.sock');
  if (beside.length <= LONGEST_SOCKET) return beside;
  return join(tmpdir(), `firebreak-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`);
}

/** A service that was killed leaves its Redis behind; two servers on the same files would ruin them. */
async function stopOrphan(socket: string): Promise<void> {
  const probe = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
  } catch {
    return;
  }
  const gone = once(probe, 'end');
  await probe.shutdown('NOSAVE').catch(() => undefined);
  await gone;
  // the socket closes before the last write is done; the file lock on the folder is the process itself
  for (let i = 0; i < 100 && (await answers(socket)); i++) await delay(50);
}

async function answers(socket: string): Promise<boolean> {
  const probe = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    await probe.ping();
    return true;
  } catch {
    return false;
  } finally {
    probe.disconnect();
  }
}

async function start(folder: string, socket: string): Promise<ChildProcess> {
  const tried: string[] = [];
  for (const program of PROGRAMS) {
    const child = spawn(program, argumentsFor(folder, socket), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-2_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const failed = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code) => resolve(`ended with ${code}: ${output.trim()}`));
    });
    const problem = await Promise.race([failed, untilItAnswers(socket)]);
    if (problem === undefined) return child;
    tried.push(`${program}: ${problem}`);
    child.kill('SIGKILL');
  }
  throw new Error(
    `no Redis could be started (${tried.join('; ')}). Install it (Debian: apt-get install redis-server) or name one with FIREBREAK_REDIS_URL`,
  );
}

async function untilItAnswers(socket: string): Promise<string | undefined> {
  const end = performance.now() + START_WITHIN_MS;
  while (performance.now() < end) {
    if (await answers(socket)) return undefined;
    await delay(10);
  }
  return `no answer within ${START_WITHIN_MS} ms`;
}

function argumentsFor(folder: string, socket: string): string[] {
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    loglevel: 'warning',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

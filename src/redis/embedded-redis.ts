import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { messageOf } from '../core/message-of.js';

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
const RESTART_AFTER_MS = { first: 200, most: 5_000 };
/** Whoever ran that long has not ended because of what it began with. */
const STEADY_MS = 30_000;
const SOON_MOST = 3;
const LAST_LINES = 3;
/** The kernel takes no longer paths for a unix socket. */
const LONGEST_SOCKET = 100;

/** Who is told when it ends by itself. */
export interface EmbeddedTrouble {
  /** It has ended, and is started again. */
  ended(because: string): void;
  /** It ends again and again, or cannot be started; that is tried all the same. */
  staysDown(because: string): void;
}

/**
 * Starts the embedded Redis with `appendfsync always`: what it has acknowledged survives a power cut. When it ends
 * without having been asked to, it is started again on the same data, for as long as that takes: a full disk may have room again.
 *
 * @param dataDir absolute; the data stand in `<dataDir>/redis`
 * @param trouble told when it ended by itself
 * @throws Error when no program can be started, with what to do
 */
export async function startEmbeddedRedis(dataDir: string, trouble: EmbeddedTrouble): Promise<EmbeddedRedis> {
  const folder = join(dataDir, 'redis');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const socket = socketFor(folder);
  await stopOrphan(socket);
  const keeper = new Keeper(() => start(folder, socket), trouble);
  await keeper.begin();
  return { socket, stop: () => keeper.stop() };
}

/** Keeps a server running until it is told to stop. */
class Keeper {
  private running: Running | undefined;
  private isStopping = false;
  private startedAt = 0;
  /** Ends in a row of which each came soon after its start. */
  private soon = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly start: () => Promise<Running>,
    private readonly trouble: EmbeddedTrouble,
  ) {}

  async begin(): Promise<void> {
    this.startedAt = performance.now();
    const running = await this.start();
    if (this.isStopping) return void running.child.kill('SIGTERM');
    this.running = running;
    running.child.once('exit', (code, signal) => this.ended(`${signal ?? code}: ${running.lastWords()}`));
    // it may have ended while nobody listened
    if (isOver(running.child)) this.ended(running.lastWords());
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    const child = this.running?.child;
    if (child === undefined || isOver(child)) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  private ended(because: string): void {
    if (this.isStopping) return;
    this.soon = performance.now() - this.startedAt < STEADY_MS ? this.soon + 1 : 1;
    if (this.soon === SOON_MOST) this.trouble.staysDown(because);
    else this.trouble.ended(because);
    const pause = Math.min(RESTART_AFTER_MS.most, RESTART_AFTER_MS.first * 2 ** (this.soon - 1));
    this.timer = setTimeout(() => {
      this.begin().catch((error: unknown) => this.ended(messageOf(error)));
    }, pause);
  }
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
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

/** A server that answers, and what it has printed last. */
interface Running {
  readonly child: ChildProcess;
  readonly lastWords: () => string;
}

async function start(folder: string, socket: string): Promise<Running> {
  const tried: string[] = [];
  for (const program of PROGRAMS) {
    const child = spawn(program, argumentsFor(folder, socket), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-2_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const lastWords = (): string => lastLines(output);
    const failed = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      // not at its exit: what it has said last may come after that
      child.once('close', (code) => resolve(`ended with ${code}: ${lastWords()}`));
    });
    const problem = await Promise.race([failed, untilItAnswers(socket, child)]);
    if (problem === undefined) return { child, lastWords };
    tried.push(`${program}: ${problem}`);
    child.kill('SIGKILL');
  }
  throw new Error(
    `no Redis could be started (${tried.join('; ')}). Install it (Debian: apt-get install redis-server) or name one with FIREBREAK_REDIS_URL`,
  );
}

/** In one line, without the numbers and times before each. */
function lastLines(output: string): string {
  const lines = output.split('\n').map((line) => line.replace(/^\d+:[A-Z] .*? [*#.-] /, '').trim());
  const said = lines.filter((line) => line !== '').slice(-LAST_LINES);
  return said.length === 0 ? 'it said nothing' : said.join(' | ');
}

async function untilItAnswers(socket: string, child: ChildProcess): Promise<string | undefined> {
  const end = performance.now() + START_WITHIN_MS;
  while (performance.now() < end) {
    // whoever started it hears why
    if (isOver(child)) return new Promise(() => undefined);
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

import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Channel } from './channel.js';
import { readJson } from './frames.js';
import { killWhenGone, spare } from './guardian.js';
import { sayingSchema, type Order, type Saying } from './messages.js';
import { OUTPUT, OutputMeter } from './output-meter.js';

/** Why a child has ended. */
export type EndReason = 'exited' | 'killed' | 'hung' | 'memory' | 'output' | 'rubbish' | 'stuck' | 'silent' | 'stopped';

/** How a child has ended, for people. */
export interface End {
  readonly why: EndReason;
  readonly detail: string;
}

/** Who lives with a child. */
export interface Companion {
  /** A message that is one; what is said of unknown calls is for the companion to ignore. */
  hear(saying: Saying): void;
  /** A line that the child has printed. */
  line(text: string): void;
  /** It is gone; said once, and nothing after it. */
  ended(end: End): void;
}

/** One child process. */
export interface ChildProgram {
  /** Node's own arguments, the program and its arguments. */
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: { readonly [name: string]: string };
  readonly memoryMiB: number;
}

/** How much of one child's messages is taken in at a time: a fraction of the processor, whatever they are made of. */
const PACE = { budget: 1024 * 1024, everyMs: 50, perPiece: 2_048, perFrame: 2_048, perValue: 400 };
const PING_EVERY_MS = 1_000;
/** So many unanswered pings mean that the child is busy with itself. */
const MOST_MISSED = 5;
const LOOK_EVERY_MS = 100;
const LAST_LINES = 5;
/** What was printed right before the end may arrive after it; somebody else may hold the pipe open. */
const LAST_WORDS_MS = 100;
/** Whoever closes the pipe is about to end. */
const LEAVE_WITHIN_MS = 1_000;
/** The service comes first when there is too little of the processor for both. */
const NICENESS = 10;

/** One child process from its start to its end, with limits on memory, output, messages and silence. */
export class Life {
  readonly pid: number | undefined;
  private readonly child: ChildProcess;
  private readonly channel: Channel | undefined;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly last: string[] = [];
  private why: End | undefined;
  private missed = 0;
  private knowsSecrets = false;

  /**
   * Starts the process.
   *
   * @param program what is started
   * @param companion hears what it says
   */
  constructor(
    private readonly program: ChildProgram,
    private readonly companion: Companion,
  ) {
    const { args, folder, env } = program;
    this.child = spawn(process.execPath, [...args], {
      cwd: folder,
      env,
      // a process group of its own: a Ctrl-C on the terminal is for the service, which stops its plugins itself
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.pid = this.child.pid;
    this.child.once('error', (error) => this.end({ why: 'exited', detail: `could not be started: ${error.message}` }));
    this.child.once('exit', (code, signal) => {
      // what it has started does not outlive it
      if (this.pid !== undefined) killGroup(this.pid);
      void this.lastWords().then(() => this.end(this.why ?? this.endOf(code, signal)));
    });
    if (this.pid === undefined) return;
    killWhenGone(this.pid);
    makeHumble(this.pid);
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream !== null) this.listen(stream);
    this.channel = this.open();
    this.timers.push(setInterval(() => this.weigh(), LOOK_EVERY_MS).unref());
  }

  /** From now on it must answer within a few seconds, whatever it does. */
  expectPulse(): void {
    // until now somebody waits for it; from now on it must not keep a service alive that has nothing else to do
    this.child.unref();
    this.timers.push(setInterval(() => this.ping(), PING_EVERY_MS).unref());
  }

  /** Tells the child something; false when it does not get it. */
  tell(order: Order): boolean {
    if (order.order === 'start') this.knowsSecrets = true;
    if (order.order === 'close') this.child.ref();
    return this.channel?.send(order) ?? false;
  }

  /** Ends it at once, with everything that it has started. */
  kill(why: EndReason, detail: string): void {
    this.why ??= { why, detail };
    this.child.ref();
    if (this.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null) killGroup(this.pid);
  }

  /** Resident memory in MiB; undefined where the system does not tell. */
  memoryMiB(): number | undefined {
    try {
      const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
      return kib === undefined ? undefined : Number(kib) / 1024;
    } catch {
      return undefined;
    }
  }

  private open(): Channel | undefined {
    const pipe = this.child.stdio[3];
    if (!(pipe instanceof Socket)) return undefined;
    pipe.unref();
    const broken = (detail: string): void => this.kill('rubbish', detail);
    const hear = (text: string): void => {
      const saying = sayingSchema.safeParse(readJson(text));
      if (this.why !== undefined) return;
      if (!saying.success) return broken('it said what is no message');
      if (saying.data.say === 'pong') this.missed = 0;
      else this.companion.hear(saying.data);
    };
    // a process that closed its pipe can't be told anything any more
    const closed = (): void => this.kill('exited', 'it closed its pipe to the service');
    return new Channel(pipe, { hear, broken, closed: () => setTimeout(closed, LEAVE_WITHIN_MS).unref() }, PACE);
  }

  private listen(stream: Readable): void {
    if (stream instanceof Socket) stream.unref();
    const meter = new OutputMeter();
    stream.on('error', () => undefined);
    stream.on('data', (piece: Buffer) => {
      const { lines, pause, tooMuch } = meter.hear(piece, performance.now());
      for (const line of lines) this.print(line);
      if (tooMuch) this.kill('output', `it printed more than ${OUTPUT.bytesPerMinute / 1024 / 1024} MiB in a minute`);
      if (!pause) return;
      stream.pause();
      setTimeout(() => stream.resume(), OUTPUT.pauseMs).unref();
    });
  }

  private print(line: string): void {
    this.last.push(line);
    if (this.last.length > LAST_LINES) this.last.shift();
    this.companion.line(line);
  }

  /** Counted, not timed: a service that was held up itself must not take that for the child's fault. */
  private ping(): void {
    this.missed += 1;
    if (this.missed > MOST_MISSED)
      return this.kill(
        'hung',
        `it has not answered for ${(MOST_MISSED * PING_EVERY_MS) / 1000} s: it is busy with itself`,
      );
    this.tell({ order: 'ping' });
  }

  private weigh(): void {
    const { memoryMiB } = this.program;
    const used = this.memoryMiB() ?? 0;
    if (used > memoryMiB) this.kill('memory', `it took ${Math.round(used)} MiB of memory, and may take ${memoryMiB}`);
  }

  private endOf(code: number | null, signal: NodeJS.Signals | null): End {
    const said = this.last.join(' | ');
    if (/heap out of memory/.test(said))
      return { why: 'memory', detail: `its heap was full; it may take ${this.program.memoryMiB} MiB in all` };
    const detail = signal === null ? `it left with exit code ${code}` : `it was ended by ${signal}`;
    // what it printed may hold secrets, which only the log masks
    const shown = said === '' || this.knowsSecrets ? detail : `${detail}; it printed: ${said}`;
    return { why: signal === null ? 'exited' : 'killed', detail: shown };
  }

  private lastWords(): Promise<unknown> {
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    return Promise.race([closed, pause(LAST_WORDS_MS)]);
  }

  private end(end: End): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    if (this.pid !== undefined) spare(this.pid);
    this.channel?.close();
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.destroy();
    this.companion.ended(end);
  }
}

function makeHumble(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // a system without priorities
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // gone between the question and the signal: that is what was wanted
  }
}

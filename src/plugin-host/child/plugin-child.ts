import type { Clock } from '../../core/clock.js';
import type { Json } from '../../core/json.js';
import { messageOf } from '../../core/message-of.js';
import type { PluginLog } from '../../plugin-sdk/call.js';
import { PluginError } from '../../plugin-sdk/plugin-error.js';
import { Calls, type Hands } from './calls.js';
import type { Companion, End } from './life.js';
import { LogBudget } from './log-budget.js';
import type { CallOrder, Order, ProvidedParts, Saying } from './messages.js';
import { StartTalk } from './start-talk.js';

/** A process, as its supervisor needs it. */
export interface Living {
  readonly pid: number | undefined;
  tell(order: Order): boolean;
  expectPulse(): void;
  kill(why: End['why'], detail: string): void;
  memoryMiB(): number | undefined;
}

/** What the child said of the plugin when it was started. */
export interface Introduction {
  readonly id: string;
  readonly version: string;
  readonly provided: ProvidedParts;
  readonly secrets: readonly string[];
}

/** Sees what becomes of a child. */
export interface ChildObserver {
  /** A line that the child has printed. */
  line(text: string): void;
  /** The child logs while no call is under way. */
  readonly log: PluginLog;
  /** It runs again. */
  up(): void;
  /** It has ended although nobody wanted that; `againInMs` is when it is started again. */
  down(end: End, againInMs: number): void;
}

/** How a child is now, for people and metrics. */
export interface ChildState {
  readonly state: 'starting' | 'up' | 'down' | 'stopped';
  readonly pid?: number;
  readonly memoryMiB?: number;
  /** How often it was started again. */
  readonly restarts: number;
  readonly lastEnd?: End & { readonly at: number };
}

const BACK_OFF_MS = { first: 1_000, most: 60_000 };
/** After so long without an end, the next one counts as the first. */
const CALM_MS = 60_000;
const STOP_WITHIN_MS = 3_000;
/** With so many calls that are so late, nothing can be expected of it any more. */
const OVERDUE = { calls: 3, ms: 10_000, lookEveryMs: 1_000 };

/** The child of one plugin over all its lives: started, called, started again with growing pauses, stopped. */
export class PluginChild {
  private living: Living | undefined;
  private readonly calls: Calls;
  private readonly logging = new LogBudget();
  private state: ChildState['state'] = 'starting';
  private restarts = 0;
  private lastEnd: ChildState['lastEnd'];
  private pauseMs = BACK_OFF_MS.first;
  private upSince = 0;
  private introduced: Introduction | undefined;
  private readonly talk: StartTalk;
  private gone: (() => void) | undefined;
  private stopping: Promise<void> | undefined;
  private readonly stops: (() => void)[] = [];

  /**
   * @param naming for messages; how the operator names the plugin, until it has told its id
   * @param begin starts a process
   * @param order what it loads, and the configuration that it is given
   * @param clock for pauses and deadlines
   * @param observe sees what becomes of it
   */
  constructor(
    private readonly naming: { readonly name: string },
    private readonly begin: (companion: Companion) => Living,
    private readonly order: { readonly entry: string; readonly from: string },
    private readonly clock: Clock,
    private readonly observe: ChildObserver,
  ) {
    this.calls = new Calls(
      (told) => this.living?.tell(told) ?? false,
      () => clock.now(),
    );
    this.talk = new StartTalk(clock, (detail) => this.living?.kill('silent', detail));
  }

  /**
   * Starts it for the first time, only to learn who it is.
   *
   * @throws Error when it does not load, saying why
   */
  async load(): Promise<{ readonly id: string; readonly version: string }> {
    this.live();
    const { entry, from } = this.order;
    await this.talk.expect('ready');
    this.living?.tell({ order: 'load', entry, from });
    return this.talk.expect('loaded');
  }

  /**
   * Gives it its configuration; from now on it is kept alive.
   *
   * @throws ZodError when the configuration does not fit, and whatever else the plugin throws
   */
  async start(loaded: { readonly id: string; readonly version: string }, config: Json): Promise<Introduction> {
    this.living?.tell({ order: 'start', config });
    const { provided, secrets } = await this.talk.expect('started');
    if (this.stopping !== undefined) throw new Error(`${this.naming.name} is being stopped`);
    const introduction = { ...loaded, provided, secrets };
    const first = this.introduced;
    if (first !== undefined && !sameAs(first, introduction))
      throw new Error(
        `${this.naming.name} is not the same any more as when the service started: start the service again`,
      );
    if (first === undefined) this.keep(config);
    this.introduced ??= introduction;
    this.state = 'up';
    this.upSince = this.clock.now();
    this.living?.expectPulse();
    return introduction;
  }

  /** Calls a part of the plugin; fails at once while the child is down. */
  async call(order: Omit<CallOrder, 'order' | 'id'>, hands: Hands): Promise<Json> {
    if (this.state !== 'up') throw new PluginError('plugin-down', this.whyDown());
    return this.calls.make(order, hands);
  }

  /** How it is now. */
  now(): ChildState {
    const { state, restarts, lastEnd, living } = this;
    const memory = living?.memoryMiB();
    return {
      state,
      ...(living?.pid === undefined ? {} : { pid: living.pid }),
      ...(memory === undefined ? {} : { memoryMiB: Math.round(memory) }),
      restarts,
      ...(lastEnd === undefined ? {} : { lastEnd }),
    };
  }

  /** Ends it for good: asked first, and after a moment not asked any more. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    this.state = 'stopped';
    for (const stop of this.stops.splice(0)) stop();
    const { living } = this;
    if (living === undefined) return;
    const ended = new Promise<void>((resolve) => (this.gone = resolve));
    living.tell({ order: 'close' });
    const enough = this.clock.after(STOP_WITHIN_MS, () =>
      living.kill('stopped', 'it did not end when it was asked to'),
    );
    await ended;
    enough();
  }

  private live(): void {
    this.living = this.begin({
      hear: (saying) => this.hear(saying),
      line: (text) => this.observe.line(text),
      ended: (end) => this.ended(end),
    });
  }

  private hear(saying: Saying): void {
    switch (saying.say) {
      case 'result':
      case 'failure':
      case 'ask':
        return this.calls.hear(saying);
      case 'log': {
        const log = (saying.id === undefined ? undefined : this.calls.logOf(saying.id)) ?? this.observe.log;
        return this.logging.write(log, saying, this.clock.now());
      }
      case 'ready':
      case 'loaded':
      case 'started':
      case 'refused':
        return this.talk.hear(saying);
      case 'pong':
    }
  }

  private keep(config: Json): void {
    const look = (): void => {
      if (this.calls.overdue(OVERDUE.ms) >= OVERDUE.calls)
        this.living?.kill('stuck', `${OVERDUE.calls} calls have not come back`);
      this.stops[0] = this.clock.after(OVERDUE.lookEveryMs, look);
    };
    this.stops[0] = this.clock.after(OVERDUE.lookEveryMs, look);
    this.again = () => void this.restart(config);
  }

  private again: () => void = () => undefined;

  private async restart(config: Json): Promise<void> {
    if (this.stopping !== undefined) return;
    this.state = 'starting';
    this.restarts += 1;
    try {
      await this.start(await this.load(), config);
      this.observe.up();
    } catch (error) {
      // its end starts it again, later
      this.living?.kill('exited', messageOf(error));
    }
  }

  private ended(end: End): void {
    this.living = undefined;
    const why = `the process of plugin ${this.naming.name} has ended (${end.why}: ${end.detail})`;
    this.talk.fail(new Error(why));
    this.calls.fail(() => new PluginError('plugin-crashed', why));
    this.gone?.();
    if (this.state === 'stopped' || this.introduced === undefined) return;
    if (this.state === 'up' && this.clock.now() - this.upSince >= CALM_MS) this.pauseMs = BACK_OFF_MS.first;
    this.state = 'down';
    this.lastEnd = { ...end, at: this.clock.now() };
    this.stops[1] = this.clock.after(this.pauseMs, () => this.again());
    this.observe.down(end, this.pauseMs);
    this.pauseMs = Math.min(BACK_OFF_MS.most, this.pauseMs * 2);
  }

  private whyDown(): string {
    if (this.state === 'stopped') return `the process of plugin ${this.naming.name} is stopped`;
    const last = this.lastEnd === undefined ? '' : ` (${this.lastEnd.why}: ${this.lastEnd.detail})`;
    return `the process of plugin ${this.naming.name} has ended${last} and is being started again; try again in a moment`;
  }
}

/** Approvals are bound to the version, and runbooks were held against the parts. */
function sameAs(first: Introduction, now: Introduction): boolean {
  const parts = ({ id, version, provided }: Introduction): string => JSON.stringify([id, version, provided]);
  return parts(first) === parts(now);
}

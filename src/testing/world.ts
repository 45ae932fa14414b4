import type { Claim } from '../core/claim.js';
import type { Event, JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Clock } from '../core/clock.js';
import { Effects, type Successors } from '../engine/effects.js';
import { Engine, type Commanded } from '../engine/engine.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import { Permit, type PermitObserver } from '../engine/permit.js';
import type { Observer } from '../engine/observer.js';
import { Sweeper } from '../engine/sweeper.js';
import { loadPlugins } from '../plugin-host/loaded-plugins.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import type { Host } from '../plugin-host/host.js';
import { anExecution } from './examples.js';
import { FakeClock } from './fake-clock.js';
import { mortalHost, mortalStore, severable, type CrashPoint, type Gate } from './mortal.js';
import { PretendTarget } from './pretend-target.js';

interface Worker {
  readonly name: string;
  readonly engine: Engine;
  readonly sweeper: Sweeper;
  readonly permit: Permit;
  is: 'running' | 'frozen' | 'dead';
  /** What is to happen to it, where, and how often it comes there before. */
  fate: { readonly at: CrashPoint; left: number; readonly becomes: 'frozen' | 'dead' } | undefined;
  /** Goes on with everything that waited while the worker was frozen. */
  readonly thawed: (() => void)[];
  /** Its store is out of reach. */
  isCutOff: boolean;
}

/** Puts something between a worker and its plugins, its store or its permit. */
export interface Between {
  readonly host?: (host: Host, clock: Clock) => Host;
  readonly store?: (store: ExecutionStore) => ExecutionStore;
  readonly permit?: (permit: Permit) => Permit;
}

/** A whole small Firebreak in memory: a store, workers, a target, and time that the test turns. */
export class World {
  readonly clock = new FakeClock();
  readonly target = new PretendTarget(() => this.clock.now());
  readonly store = new MemoryExecutionStore(() => this.clock.now());
  readonly warnings: string[] = [];
  /** Sees everything that any worker has saved. */
  onSaved: Observer['saved'] = () => undefined;
  /** Which worker's permit ran out, and whose is good again. */
  readonly permits: string[] = [];
  private readonly workers: Worker[] = [];
  private losing = false;
  /** How much less often than usual workers look around. */
  private stretch = 1;
  private turn = 0;

  /** @param between stands between each worker and the rest of the world */
  constructor(private readonly between: Between = {}) {
    this.startWorker('worker-1');
  }

  /** Starts one more worker. */
  startWorker(name: string): void {
    const worker: Worker = this.makeWorker(name);
    this.workers.push(worker);
    const beat = (): void => {
      if (worker.is === 'dead') return;
      if (worker.is === 'running') {
        worker.permit.beat(5_000).catch(() => undefined);
        void worker.permit.refresh();
      }
      this.clock.after(500 * this.stretch, beat);
    };
    beat();
    worker.sweeper.start();
  }

  private makeWorker(name: string): Worker {
    const { clock, between } = this;
    const gate = this.gateOf(name);
    const reached = between.store?.(this.store) ?? this.store;
    const store = mortalStore(
      severable(reached, () => this.worker(name).isCutOff),
      gate,
    );
    const loading = loadPlugins([this.target.plugin()], {}, () => silent);
    if (!loading.ok) throw new Error(loading.problems.join('; '));
    const plugins = new PluginHost(
      loading.loaded,
      clock,
      () => undefined,
      () => silent,
    );
    const host = mortalHost(between.host?.(plugins, clock) ?? plugins, gate);
    const wakeups = {
      ring: async (id: string, at: number) => {
        if (!this.losing) this.ring(id, at);
      },
    };
    const sweeping = { ring: async (id: string, at: number) => this.ring(id, at) };
    const observer = {
      saved: (...news: Parameters<Observer['saved']>) => this.onSaved(...news),
      warn: (message: string) => void this.warnings.push(message),
    };
    const observe: PermitObserver = (news) => void this.permits.push(`${name} ${news}`);
    const kept = new Permit(name, store, clock, observe, () => clock.now());
    const permit = between.permit?.(kept) ?? kept;
    const engine = new Engine(
      store,
      new Effects(permit, host, clock, { open: (before) => this.succeed(before, gate) }),
      wakeups,
      clock,
      observer,
    );
    const stretched: Clock = { now: () => clock.now(), after: (ms, run) => clock.after(ms * this.stretch, run) };
    const sweeper = new Sweeper(store, sweeping, stretched, observer);
    return { name, engine, sweeper, permit, is: 'running', fate: undefined, thawed: [], isCutOff: false };
  }

  /** The worker with this name dies when it comes to this point, the first time or a later one. */
  crash(name: string, at: CrashPoint, time = 1): void {
    this.worker(name).fate = { at, left: time, becomes: 'dead' };
  }

  /** The worker with this name stands still when it comes to this point, as after SIGSTOP. */
  freeze(name: string, at: CrashPoint, time = 1): void {
    this.worker(name).fate = { at, left: time, becomes: 'frozen' };
  }

  /** A frozen worker goes on where it stood, and knows nothing of the time that has passed. */
  thaw(name: string): void {
    const worker = this.worker(name);
    if (worker.is === 'frozen') worker.is = 'running';
    worker.fate = undefined;
    for (const goOn of worker.thawed.splice(0)) goOn();
  }

  /** The worker with this name reaches the store no more; all else it reaches. */
  cutOff(name: string): void {
    this.worker(name).isCutOff = true;
  }

  /** The worker with this name reaches the store again. */
  reconnect(name: string): void {
    this.worker(name).isCutOff = false;
  }

  /** Tells whether a worker has died or stands still. */
  isDown(name: string): boolean {
    return this.worker(name).is !== 'running';
  }

  /** Tells whether a worker has died. */
  isDead(name: string): boolean {
    return this.worker(name).is === 'dead';
  }

  /** Tells whether any worker runs and reaches the store. */
  get isSomeoneWell(): boolean {
    return this.workers.some((worker) => worker.is === 'running' && !worker.isCutOff);
  }

  private worker(name: string): Worker {
    const found = this.workers.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no worker ${name}`);
    return found;
  }

  private gateOf(name: string): Gate {
    return async (point) => {
      const worker = this.worker(name);
      const { fate } = worker;
      if (fate !== undefined && fate.at === point && --fate.left === 0) {
        worker.is = fate.becomes;
        if (worker.is === 'dead') worker.sweeper.stop();
      }
      if (worker.is === 'dead') await new Promise(() => undefined);
      if (worker.is === 'frozen') await new Promise<void>((goOn) => worker.thawed.push(goOn));
    };
  }

  /** Wake-ups are lost from now on; only the sweeper finds what is due. */
  loseWakeups(): void {
    this.losing = true;
  }

  /** Opens an execution as intake would, and rings for it. */
  async open(change: Partial<Execution> = {}, claims: readonly Claim[] = []): Promise<string> {
    const now = this.clock.now();
    const execution = anExecution(change, now);
    const opened = await this.store.open(execution, claims);
    if (!opened.opened) throw new Error(`refused: ${opened.refusal.because}`);
    if (!this.losing) this.ring(execution.id, now);
    return execution.id;
  }

  /** Opens what comes next when an execution did not help; nothing comes, if nothing is said. */
  successors: Successors = { open: async () => ({ opened: false, detail: 'nobody comes next' }) };

  private async succeed(before: Execution, gate: Gate): ReturnType<Successors['open']> {
    await gate('before-escalate');
    const opened = await this.successors.open(before);
    await gate('after-escalate');
    return opened;
  }

  /** Lets time pass. */
  pass(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }

  /** Lets much time pass, in which workers look around just often enough: an hour costs little then. */
  async passSlowly(ms: number): Promise<void> {
    this.stretch = 6;
    await this.clock.pass(ms);
    this.stretch = 1;
  }

  /** A person's command, taken by the first worker that lives. */
  async command(id: string, event: Event): Promise<Commanded> {
    const worker = this.workers.find((one) => one.is === 'running');
    if (worker === undefined) throw new Error('no worker lives');
    return worker.engine.command(id, event);
  }

  /** Rings for an execution without regard to its time, as a stray job would. */
  ring(id: string, at: number): void {
    this.clock.after(at - this.clock.now(), () => {
      const living = this.workers.filter((one) => one.is === 'running');
      const worker = living[this.turn++ % Math.max(1, living.length)];
      worker?.engine.advance(id).catch((error: unknown) => this.warnings.push(String(error)));
    });
  }

  /** The execution as it now stands. */
  async execution(id = 'e1'): Promise<Execution> {
    const stored = await this.store.get(id);
    if (stored === undefined) throw new Error(`there is no execution ${id}`);
    return stored.execution;
  }

  /** What has happened to an execution. */
  journal(id = 'e1'): Promise<readonly JournalEntry[]> {
    return this.store.journal(id);
  }
}

const silent = { info: () => undefined, warn: () => undefined };

/** A small Firebreak in memory with one worker and a pretend target: the start of every scenario test. */
export function world(): World {
  return new World();
}

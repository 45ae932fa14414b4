import type { Claim } from '../core/claim.js';
import type { Event, JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { Effects } from '../engine/effects.js';
import { Engine, type Commanded } from '../engine/engine.js';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import { Sweeper } from '../engine/sweeper.js';
import { loadPlugins } from '../plugin-host/loaded-plugins.js';
import { PluginHost, type Host } from '../plugin-host/plugin-host.js';
import { anExecution } from './examples.js';
import { FakeClock } from './fake-clock.js';
import { PretendTarget } from './pretend-target.js';

/** Where a worker can die: right before or right after the effect, its outcome not saved. */
export type CrashPoint = 'before-apply' | 'after-apply' | 'before-revert' | 'after-revert';

interface Worker {
  readonly name: string;
  readonly engine: Engine;
  readonly sweeper: Sweeper;
  alive: boolean;
  /** A frozen worker's effects wait here until it is thawed. */
  crashAt: CrashPoint | undefined;
}

/** A whole small Firebreak in memory: a store, workers, a target, and time that the test turns. */
export class World {
  readonly clock = new FakeClock();
  readonly target = new PretendTarget();
  readonly store = new MemoryExecutionStore(() => this.clock.now());
  readonly warnings: string[] = [];
  private readonly workers: Worker[] = [];
  private losing = false;
  private turn = 0;

  constructor() {
    this.startWorker('worker-1');
  }

  /** Starts one more worker. */
  startWorker(name: string): void {
    const worker: Worker = this.makeWorker(name);
    this.workers.push(worker);
    const beat = (): void => {
      if (!worker.alive) return;
      void this.store.beat(name, 5_000);
      this.clock.after(1_000, beat);
    };
    beat();
    worker.sweeper.start();
  }

  private makeWorker(name: string): Worker {
    const { clock, store } = this;
    const loading = loadPlugins([this.target.plugin()], {}, () => silent);
    if (!loading.ok) throw new Error(loading.problems.join('; '));
    const host = this.mortal(
      name,
      new PluginHost(
        loading.loaded,
        clock,
        () => undefined,
        () => silent,
      ),
    );
    const wakeups = {
      ring: async (id: string, at: number) => {
        if (!this.losing) this.ring(id, at);
      },
    };
    const sweeping = { ring: async (id: string, at: number) => this.ring(id, at) };
    const observer = { saved: () => undefined, warn: (message: string) => void this.warnings.push(message) };
    const engine = new Engine(store, new Effects(store, host, clock, name), wakeups, clock, observer);
    return { name, engine, sweeper: new Sweeper(store, sweeping, clock, observer), alive: true, crashAt: undefined };
  }

  /** The worker with this name dies when it next comes to this point. */
  crash(name: string, at: CrashPoint): void {
    const worker = this.workers.find((one) => one.name === name);
    if (worker !== undefined) worker.crashAt = at;
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

  /** Lets time pass. */
  pass(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }

  /** A person's command, taken by the first worker that lives. */
  async command(id: string, event: Event): Promise<Commanded> {
    const worker = this.workers.find((one) => one.alive);
    if (worker === undefined) throw new Error('no worker lives');
    return worker.engine.command(id, event);
  }

  /** Rings for an execution without regard to its time, as a stray job would. */
  ring(id: string, at: number): void {
    this.clock.after(at - this.clock.now(), () => {
      const living = this.workers.filter((one) => one.alive);
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

  private mortal(name: string, host: Host): Host {
    const die = (at: CrashPoint): Promise<void> => {
      const worker = this.workers.find((one) => one.name === name);
      if (worker?.crashAt !== at) return Promise.resolve();
      worker.alive = false;
      worker.sweeper.stop();
      return new Promise(() => undefined);
    };
    return {
      check: (...call) => host.check(...call),
      plan: (...call) => host.plan(...call),
      verify: (...call) => host.verify(...call),
      sample: (...call) => host.sample(...call),
      send: (...call) => host.send(...call),
      idempotency: (uses) => host.idempotency(uses),
      apply: async (...call) => {
        await die('before-apply');
        const result = await host.apply(...call);
        await die('after-apply');
        return result;
      },
      revert: async (...call) => {
        await die('before-revert');
        const result = await host.revert(...call);
        await die('after-revert');
        return result;
      },
    };
  }
}

const silent = { info: () => undefined, warn: () => undefined };

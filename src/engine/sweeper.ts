import type { Clock } from '../core/clock.js';
import type { ExecutionStore } from './execution-store.js';
import type { Observer } from './observer.js';
import type { Wakeups } from './wakeups.js';

const EVERY_MS = 500;
/** A wake-up that is this late counts as lost; together with `EVERY_MS` it is found within two seconds. */
const GRACE_MS = 1_000;
/** What was rung for is left alone for this long. */
const AGAIN_MS = 5_000;
const AT_ONCE = 200;

/** Finds executions whose wake-up was lost, from the store's own index of times, and rings again. */
export class Sweeper {
  private cancel: (() => void) | undefined;
  private isFailing = false;

  constructor(
    private readonly store: ExecutionStore,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
    private readonly observer: Observer,
  ) {}

  /** Begins to look, twice a second. */
  start(): void {
    this.cancel = this.clock.after(EVERY_MS, () => {
      void this.sweep()
        .then(
          () => (this.isFailing = false),
          (error: unknown) => this.failed(error),
        )
        .finally(() => {
          if (this.cancel !== undefined) this.start();
        });
    });
  }

  /** Said once, until a look has succeeded. */
  private failed(error: unknown): void {
    if (!this.isFailing) this.observer.warn('the sweep failed; it is tried again until it succeeds', { error });
    this.isFailing = true;
  }

  /** Stops looking. */
  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Looks once. */
  async sweep(): Promise<void> {
    const late = await this.store.overdue(GRACE_MS, AGAIN_MS, AT_ONCE);
    const now = this.clock.now();
    await Promise.all(late.map((id) => this.wakeups.ring(id, now)));
  }
}

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';

/** News of one execution for one reader. */
export interface News {
  /** Waits for the next change, at most so long; one that came since the last waiting ends it at once. */
  wait(ms: number): Promise<void>;
  /** Ends all waiting, now and later. */
  close(): void;
}

/** No execution has this id. */
const ALL = '*';

/** Tells readers that an execution has changed, with one listener at the store however many read. */
@Injectable()
export class Changes implements OnModuleDestroy {
  private readonly readers = new Map<string, Set<() => void>>();
  private stop: (() => void) | undefined;

  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins to listen for changes of one execution. */
  of(id: string): News {
    return this.listen(id);
  }

  /** Begins to listen for changes of all executions. */
  ofAll(): News {
    return this.listen(ALL);
  }

  private listen(id: string): News {
    let rung = false;
    let open = true;
    let wake = (): void => undefined;
    const ring = (): void => {
      rung = true;
      wake();
    };
    this.add(id, ring);
    return {
      wait: async (ms) => {
        if (!rung && open) await this.sleep(ms, (end) => (wake = end));
        rung = false;
      },
      close: () => {
        open = false;
        this.remove(id, ring);
        wake();
      },
    };
  }

  onModuleDestroy(): void {
    this.stop?.();
    this.stop = undefined;
  }

  private sleep(ms: number, awake: (end: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(ms, resolve);
      awake(() => {
        cancel();
        resolve();
      });
    });
  }

  private add(id: string, ring: () => void): void {
    const readers = this.readers.get(id) ?? new Set();
    this.readers.set(id, readers.add(ring));
    this.stop ??= this.store.watch((changed) => {
      for (const one of this.readers.get(changed) ?? []) one();
      for (const one of this.readers.get(ALL) ?? []) one();
    });
  }

  private remove(id: string, ring: () => void): void {
    const readers = this.readers.get(id);
    readers?.delete(ring);
    if (readers?.size === 0) this.readers.delete(id);
    if (this.readers.size === 0) this.onModuleDestroy();
  }
}

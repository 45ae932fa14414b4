import { Inject, Injectable, Optional } from '@nestjs/common';
import { Catalog } from '../catalog/catalog.js';
import type { Clock } from '../core/clock.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, QUEUE_COUNTS, STORE } from '../parts.js';
import { judgeLoop, type LoopPart } from './judge-loop.js';

/** The queue's connection waits for Redis; nobody who looks on shall. */
const QUEUE_ANSWERS_WITHIN_MS = 500;

/** Finds out how the way from the alert to the effect is itself. */
@Injectable()
export class LoopHealth {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly catalog: Catalog,
    @Optional() @Inject(QUEUE_COUNTS) private readonly queue?: () => Promise<{ readonly [state: string]: number }>,
  ) {}

  /**
   * Asks everything at once, and says of each part how it is.
   *
   * @throws when the store does not answer: nothing goes then
   */
  async parts(): Promise<readonly LoopPart[]> {
    const [canaryAt, oldestDueMs, [last], queue] = await Promise.all([
      this.store.lastCanary(),
      this.store.oldestDue(),
      this.store.decisions({ limit: 1 }),
      this.jobs(),
    ]);
    const { runbooks, resting } = this.catalog.current;
    return judgeLoop({
      now: this.clock.now(),
      oldestDueMs,
      catalogue: { ...this.catalog.status(), runbooks: runbooks.size, resting: resting.size },
      ...(canaryAt === undefined ? {} : { canaryAt }),
      ...(last === undefined ? {} : { lastAlert: last }),
      ...(queue === undefined ? {} : { queue }),
    });
  }

  private async jobs(): Promise<{ readonly [state: string]: number } | undefined> {
    if (this.queue === undefined) return undefined;
    const asked = this.queue().catch(() => undefined);
    return new Promise((resolve) => {
      const stop = this.clock.after(QUEUE_ANSWERS_WITHIN_MS, () => resolve(undefined));
      void asked.then((counts) => {
        stop();
        resolve(counts);
      });
    });
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pace } from './pace.js';

/** Lets only so many in at once; the others wait in the order in which they came. */
export class Gate {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * @param most that may be inside
   * @param mostWaiting beyond which nobody may wait
   */
  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
  ) {}

  /** Does something inside; undefined when it could not be begun in time. */
  async pass<T>(pace: Pace, doIt: () => Promise<T>): Promise<T | undefined> {
    if (!(await this.enter(pace.leftMs))) return undefined;
    try {
      // a hundred that are refused at once would otherwise be read one after the other before anything else has its turn
      await nextTurn();
      return await doIt();
    } finally {
      this.inside -= 1;
      this.waiting.shift()?.();
    }
  }

  private enter(patienceMs: number): Promise<boolean> {
    if (this.inside < this.most) {
      this.inside += 1;
      return Promise.resolve(true);
    }
    if (this.waiting.length >= this.mostWaiting) return Promise.resolve(false);
    return new Promise((resolve) => {
      const called = (): void => {
        clearTimeout(timer);
        this.inside += 1;
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(called), 1);
        resolve(false);
      }, patienceMs);
      this.waiting.push(called);
    });
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';

/** The longest stretch that others wait for a query, in milliseconds. */
const STRETCH_MS = 10;

/** Lets everything else of this process have its turn while a query is computed, and ends the query in time. */
export class Pace {
  private since: number;

  /**
   * @param deadline by `now`, in milliseconds
   * @param now a clock that never goes back
   * @param isGone tells whether nobody waits for the answer any more
   */
  constructor(
    private readonly deadline: number,
    private readonly now: () => number = () => performance.now(),
    private readonly isGone: () => boolean = () => false,
  ) {
    this.since = now();
  }

  /** Tells whether others should have their turn, or the time is over: then `rest` must be asked before going on. */
  get isDue(): boolean {
    const now = this.now();
    return now - this.since >= STRETCH_MS || now >= this.deadline;
  }

  /** How long there still is, in milliseconds. */
  get leftMs(): number {
    return Math.max(0, this.deadline - this.now());
  }

  /** Lets others have their turn where that is due, and tells whether there is time to go on, and somebody for whom. */
  async rest(): Promise<boolean> {
    if (this.isDue) {
      await nextTurn();
      this.since = this.now();
    }
    return this.now() < this.deadline && !this.isGone();
  }
}

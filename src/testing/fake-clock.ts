import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';

/** Time that stands still until the test turns it. */
export class FakeClock implements Clock {
  private time: Instant;
  private timers: { at: Instant; run: () => void }[] = [];

  /** @param start the first moment, in milliseconds since the epoch */
  constructor(start: Instant = Date.parse('2026-11-01T12:00:00Z')) {
    this.time = start;
  }

  now(): Instant {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + Math.max(0, ms), run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /**
   * Lets time pass: runs what falls due in its order, and lets everything that it set off come to rest before time goes on.
   *
   * @param ms how much time passes
   */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await rest();
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
    await rest();
  }
}

/** Nothing here waits for I/O, so a few turns of the event loop finish every chain of promises. */
async function rest(): Promise<void> {
  for (let i = 0; i < 3; i++) await setImmediate();
}

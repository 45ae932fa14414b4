import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';

/**
 * The shared time: the store's clock, carried on between two looks by this process's monotonic clock, so that neither a
 * wrong system clock nor a step of it moves a deadline.
 */
export class RedisClock implements Clock {
  private offset = performance.timeOrigin;

  /** @param ask the store's time */
  constructor(private readonly ask: () => Promise<Instant>) {}

  /** Looks at the store's clock; half of the time that the question took is taken for the way back. */
  async sync(): Promise<void> {
    const before = performance.now();
    const time = await this.ask();
    this.offset = time - (before + performance.now()) / 2;
  }

  /** Looks again and again, so that the two clocks do not drift apart; a look that fails is made up for by the next. */
  follow(everyMs: number): () => void {
    const timer = setInterval(() => void this.sync().catch(() => undefined), everyMs);
    return () => clearInterval(timer);
  }

  now(): Instant {
    return Math.round(performance.now() + this.offset);
  }

  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, Math.max(0, ms));
    return () => clearTimeout(timer);
  }
}

import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import type { Reading } from '../plugin-host/host.js';
import { isTold, type StandingAnswer } from './answer.js';
import type { Post } from './post.js';

/** Asks at one post again and again. Never asks twice at a time: a slow answer delays the next question of this post only. */
export class Patrol {
  private known: StandingAnswer | undefined;
  private cancel: () => void = () => undefined;
  private stopped = false;

  /**
   * @param post what is asked
   * @param ask asks once and never throws
   * @param heard takes every answer
   */
  constructor(
    readonly post: Post,
    private readonly ask: () => Promise<Reading>,
    private readonly clock: Clock,
    private readonly heard: (answer: StandingAnswer) => void,
  ) {}

  /** What is known; undefined before the first answer. */
  get answer(): StandingAnswer | undefined {
    return this.known;
  }

  /** Begins, and comes back after the first answer. */
  async start(): Promise<void> {
    await this.round(this.clock.now());
  }

  /** Asks no more; an answer that is under way is not heard. */
  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  /** @param due when it was to be asked, by the shared clock */
  private async round(due: Instant): Promise<void> {
    const { probe, center } = this.post;
    const last = await this.ask();
    if (this.stopped) return;
    const told = isTold(last) ? last : this.known?.told;
    const of = center === undefined ? {} : { center };
    const { name, probe: asks, everyMs } = probe;
    this.known = { probe: name, asks, ...of, everyMs, last, ...(told === undefined ? {} : { told }) };
    this.heard(this.known);
    const now = this.clock.now();
    // What was missed is not made up for: whoever is slow is not asked faster.
    const missed = Math.max(0, Math.floor((now - due) / probe.everyMs));
    const wait = Math.min(probe.everyMs, due + (missed + 1) * probe.everyMs - now);
    this.cancel = this.clock.after(wait, () => void this.round(now + wait));
  }
}

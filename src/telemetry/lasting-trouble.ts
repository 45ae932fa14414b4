import type { Log } from './logger.js';
import { messageOf } from '../core/message-of.js';

const SAY_AGAIN_MS = 60_000;

/** What is said of a trouble; the sentences are the same each time. */
export interface TroubleWords {
  readonly begins: string;
  /** Absent where nobody can tell that it is over. */
  readonly ends?: string;
}

/**
 * Says in the log that something fails which is tried again all the time: when it begins, once a minute while it lasts, and
 * when it is over. Whoever reads the log while the store is away must find what else goes on.
 */
export class LastingTrouble {
  private saidAt = -Infinity;
  private kept = 0;
  private isOpen = false;

  /**
   * @param log takes the lines
   * @param words what they say
   * @param now in milliseconds
   */
  constructor(
    private readonly log: Pick<Log, 'warn' | 'info'>,
    private readonly words: TroubleWords,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** It has failed, maybe again. */
  failed(error: unknown): void {
    if (this.now() - this.saidAt < SAY_AGAIN_MS) {
      this.kept += 1;
      return;
    }
    const reason = messageOf(error);
    this.log.warn({ error: reason, ...(this.kept === 0 ? {} : { leftOut: this.kept }) }, this.words.begins);
    this.saidAt = this.now();
    this.kept = 0;
    this.isOpen = true;
  }

  /** It has succeeded; one that comes and goes is said to be over once for each time that it was said. */
  worked(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.words.ends !== undefined) this.log.info(this.words.ends);
  }
}

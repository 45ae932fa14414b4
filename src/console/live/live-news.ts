import { Inject, Injectable } from '@nestjs/common';
import { Changes } from '../../api/changes.js';
import type { Clock } from '../../core/clock.js';
import { CLOCK } from '../../parts.js';

/** However much happens, a page is brought up to date at most this often ... */
export const AT_MOST_EVERY_MS = 1_000;
/** ... and however little, at least this often: pauses, storms and the health of the loop ring no bell. */
export const AT_LEAST_EVERY_MS = 15_000;

/** A browser that lost the connection comes back after this long. */
const RETRY_MS = 2_000;

/** Tells open pages, as Server-Sent Events without content, that there is something new to fetch. */
@Injectable()
export class LiveNews {
  constructor(
    private readonly changes: Changes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Tells it until the reader has gone.
   *
   * @param execution only changes of this one; of all when it is undefined
   * @param gone aborts when the reader has gone
   */
  async *tell(execution: string | undefined, gone: AbortSignal): AsyncGenerator<string> {
    const news = execution === undefined ? this.changes.ofAll() : this.changes.of(execution);
    gone.addEventListener('abort', () => news.close(), { once: true });
    try {
      yield `retry: ${RETRY_MS}\n\n`;
      while (!gone.aborted) {
        await news.wait(AT_LEAST_EVERY_MS);
        if (gone.aborted) return;
        yield 'event: changed\ndata: fetch the page again\n\n';
        await this.sleep(AT_MOST_EVERY_MS, gone);
      }
    } finally {
      news.close();
    }
  }

  private sleep(ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (gone.aborted) return resolve();
      const cancel = this.clock.after(ms, resolve);
      gone.addEventListener(
        'abort',
        () => {
          cancel();
          resolve();
        },
        { once: true },
      );
    });
  }
}

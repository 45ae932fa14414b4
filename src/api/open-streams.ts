import type { FastifyReply } from 'fastify';
import { FirebreakError } from '../core/errors.js';

/** The answers that go on for as long as somebody reads them: at most so many at once, and all end with the service. */
export class OpenStreams {
  private readonly open = new Set<AbortController>();

  /** @param most more readers at once than this are sent away */
  constructor(private readonly most: number) {}

  /** Counts a reader, before anything is awaited, so that a crowd cannot slip in at once; aborts when the reader has gone. */
  admit({ raw }: FastifyReply): AbortSignal {
    if (this.open.size >= this.most) throw new FirebreakError('overloaded', `${this.most} streams are open already`);
    const gone = new AbortController();
    this.open.add(gone);
    raw.once('close', () => {
      this.open.delete(gone);
      gone.abort();
    });
    return gone.signal;
  }

  /** Sends all readers away. */
  endAll(): void {
    for (const gone of this.open) gone.abort();
  }
}

/** The headers of Server-Sent Events, also for proxies that would keep them back. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

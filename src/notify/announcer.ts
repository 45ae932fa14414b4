import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Letter, Mailing, PendingFact } from '../engine/outbox.js';
import { CLOCK, LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { Editor, type Background } from './editor.js';
import type { News } from './news.js';

/** Puts news into the outbox: what is put there arrives, whatever becomes of this process. */
@Injectable()
export class Announcer {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly editor: Editor,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /**
   * Tells news once, however many processes have it to tell.
   *
   * @param background what it is about; it happened now unless said otherwise
   * @returns whether it was news
   */
  async tell(news: News, background: Partial<Background> = {}): Promise<boolean> {
    return this.put([this.editor.mailing(news, { at: this.clock.now(), ...background })]);
  }

  /** Notes a fact of which only the log tells; false when some process has done so. */
  isNews(id: string): Promise<boolean> {
    return this.put([{ id, at: this.clock.now(), letters: [] }]);
  }

  /**
   * Puts letters, and settles the fact that they came from.
   *
   * @returns whether any of it was news
   */
  async put(mailings: readonly Mailing[], from?: PendingFact): Promise<boolean> {
    const { news, pushedOut } = await this.store.outbox.put(mailings, from);
    for (const letter of pushedOut)
      this.log.error(
        { ...aboutLetter(letter), title: letter.message.title },
        'a message was given up, because too many wait for its notifier: tell people yourself',
      );
    return news.length > 0;
  }
}

/** What the log says of a letter. */
export function aboutLetter({ notifier, message }: Letter): {
  readonly notifier: string;
  readonly event: string;
  readonly messageId: string;
  readonly executionId?: string;
} {
  const { id: messageId, event, execution } = message;
  return { notifier, event, messageId, ...(execution === undefined ? {} : { executionId: execution.id }) };
}

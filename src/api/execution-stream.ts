import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { Changes, type News } from './changes.js';
import { iso } from './instants.js';
import { journalView } from './journal-view.js';

/** News may be lost, so everybody looks by himself this often. */
const LOOK_EVERY_MS = 2_000;
/** Proxies cut connections on which nothing is said. */
const HEARTBEAT_MS = 15_000;

/** Writes what happens to an execution as Server-Sent Events. */
@Injectable()
export class ExecutionStream {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /**
   * Follows an execution to its end. Each entry of its journal is an event with the entry's `seq` as id; the last event
   * is `closed`.
   *
   * @param id of an execution that is there
   * @param after the `seq` that the reader has already; 0 from the beginning
   * @param gone aborts when the reader has gone
   */
  async *follow(id: string, after: number, gone: AbortSignal): AsyncGenerator<string> {
    const news = this.changes.of(id);
    gone.addEventListener('abort', () => news.close(), { once: true });
    try {
      yield* this.entries(id, after, news, gone);
    } finally {
      news.close();
    }
  }

  private async *entries(id: string, after: number, news: News, gone: AbortSignal): AsyncGenerator<string> {
    let seq = after;
    let spoke = this.clock.now();
    yield ': this is the journal\n\n';
    while (!gone.aborted) {
      const { journal, execution } = await this.look(id);
      for (const entry of journal.filter((one) => one.seq > seq)) {
        yield entryText(entry);
        seq = entry.seq;
        spoke = this.clock.now();
      }
      if (execution?.state.phase === 'closed') {
        yield closedText(execution, seq);
        return;
      }
      if (this.clock.now() - spoke >= HEARTBEAT_MS) {
        yield ': still here\n\n';
        spoke = this.clock.now();
      }
      await news.wait(LOOK_EVERY_MS);
    }
  }

  /** The journal is read last, so that it holds all that made the execution what it is. A store that is away is asked again. */
  private async look(id: string): Promise<{ execution?: Execution; journal: readonly JournalEntry[] }> {
    try {
      const stored = await this.store.get(id);
      const journal = await this.store.journal(id);
      return { journal, ...(stored === undefined ? {} : { execution: stored.execution }) };
    } catch {
      return { journal: [] };
    }
  }
}

function entryText(entry: JournalEntry): string {
  return eventText('journal', entry.seq, journalView(entry));
}

function closedText({ id, state, closedAt }: Execution, seq: number): string {
  const ending = state.phase === 'closed' ? { outcome: state.outcome, detail: state.detail } : {};
  return eventText('closed', seq, { id, ...ending, closedAt: iso(closedAt) });
}

/** JSON holds no line breaks, so one `data:` line is enough. */
function eventText(name: string, id: number, data: object): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

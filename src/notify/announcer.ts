import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.js';
import type { Clock } from '../core/clock.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Trust } from '../engine/governance.js';
import { CLOCK, CONFIG, LOGGER, STORE } from '../parts.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import type { Message } from '../plugin-sdk/call.js';
import type { Log } from '../telemetry/logger.js';
import { newsOf } from './execution-news.js';
import type { News } from './news.js';
import { evidenceLine, problemNews, trustNews } from './trust-news.js';

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;
/** So many past executions are named as evidence; the oldest are left out. */
const MOST_EVIDENCE = 10;

/** Tells people through the notifiers that a runbook names; it is tried again and never stops an execution. */
@Injectable()
export class Announcer {
  constructor(
    @Inject(PluginHost) private readonly host: Pick<PluginHost, 'send'>,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Tells what an event means for an execution, if people should hear of it; returns at once. */
  announce(event: Event, before: Execution, next: Execution): void {
    const news = newsOf(event, before, next);
    if (news !== undefined) void this.tell(next.orders.notify, news);
    if (event.type === 'planned' && event.lowered?.why === 'recurring') void this.tellOfProblem(next);
  }

  /** Tells that a runbook may go less far from now on, because of this execution; returns at once. */
  trustLost(execution: Execution, lost: Pick<Trust, 'to' | 'why'>): void {
    void this.tell(execution.orders.notify, trustNews(execution, lost));
  }

  /**
   * Tells news once, however many processes have it to tell.
   *
   * @returns whether it was news; it is taken for news while the store cannot say
   */
  async tell(notifiers: readonly string[], { path, ...news }: News): Promise<boolean> {
    const isNews = await this.store.governance.noteTold(news.id).catch(() => true);
    if (!isNews) return false;
    const message: Message = { ...news, link: this.config.publicUrl + path };
    for (const notifier of new Set(notifiers)) void this.send(notifier, message, 1);
    return true;
  }

  private async tellOfProblem(execution: Execution): Promise<void> {
    // without the evidence people must still hear of it
    const { fixes } = await this.store.governance.standing(execution).catch(() => ({ fixes: [] }));
    const evidence = await Promise.all(fixes.slice(-MOST_EVIDENCE).map((id) => this.evidence(id)));
    await this.tell(execution.orders.notify, problemNews(execution, fixes, evidence));
  }

  private async evidence(id: string): Promise<string> {
    const stored = await this.store.get(id).catch(() => undefined);
    return stored === undefined ? `${id}: no longer kept` : evidenceLine(stored.execution);
  }

  private async send(notifier: string, message: Message, attempt: number): Promise<void> {
    const sent = await this.host.send(notifier, message);
    const { execution } = message;
    const about = { notifier, event: message.event, ...(execution === undefined ? {} : { executionId: execution.id }) };
    if (sent.ok) return this.log.info(about, 'message sent');
    const { detail, again } = sent.failure;
    if (!again || attempt >= ATTEMPTS)
      return this.log.error({ ...about, error: detail }, 'a message could not be delivered: tell people yourself');
    this.log.warn({ ...about, error: detail, attempt }, 'a message could not be delivered yet');
    this.clock.after(FIRST_PAUSE_MS * 2 ** (attempt - 1), () => void this.send(notifier, message, attempt + 1));
  }
}

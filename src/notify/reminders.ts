import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.js';
import type { Clock } from '../core/clock.js';
import type { Execution, State } from '../core/execution.js';
import { messageOf } from '../core/message-of.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Reminder } from '../engine/outbox.js';
import { CLOCK, CONFIG, LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { Announcer } from './announcer.js';
import { lastThird } from './newsroom.js';
import { approvalEndsNews, stillHeldNews } from './reminder-news.js';

const LEASE_MS = 5_000;
const AT_ONCE = 100;

/**
 * Tells people again of what waits for them: of a held execution again and again until somebody takes it, of an approval
 * once when its last third begins. When it is time stands in the store, so that it does not matter which process lives.
 */
@Injectable()
export class Reminders {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly announcer: Announcer,
    @Inject(CONFIG) private readonly config: Pick<Config, 'notify'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Looks once. */
  async work(): Promise<void> {
    for (const of of await this.store.outbox.reminders(LEASE_MS, AT_ONCE)) {
      try {
        await this.remind(of);
      } catch (error) {
        // one that fails must not keep the others waiting; it was put off and comes again
        const reason = messageOf(error);
        this.log.warn({ reminder: of, error: reason }, 'people could not be reminded yet');
      }
    }
  }

  private async remind(of: Reminder): Promise<void> {
    const id = of.slice(of.indexOf('|') + 1);
    const execution = (await this.store.get(id))?.execution;
    const state = execution?.state;
    if (execution !== undefined && of.startsWith('held|') && state?.phase === 'held')
      return this.held(of, execution, state);
    if (execution !== undefined && of.startsWith('approval|') && state?.phase === 'awaiting-approval')
      return this.asked(of, execution, state);
    await this.store.outbox.forget(of);
  }

  private async held(of: Reminder, execution: Execution, state: Extract<State, { phase: 'held' }>): Promise<void> {
    const { repeatHeldMs } = this.config.notify;
    const now = this.clock.now();
    const taken = await this.store.outbox.taken(execution.id);
    if (taken !== undefined) return this.store.outbox.remind(of, taken.until);
    const times = Math.floor((now - state.since) / repeatHeldMs);
    const next = state.since + (times + 1) * repeatHeldMs;
    // another hold than the one that set this
    if (times === 0) return this.store.outbox.remind(of, next);
    const news = stillHeldNews(execution, state, { now, times });
    const isNew = await this.announcer.tell(news, { at: now, execution, remind: { of, at: next } });
    if (!isNew) await this.store.outbox.remind(of, next);
  }

  private async asked(
    of: Reminder,
    execution: Execution,
    state: Extract<State, { phase: 'awaiting-approval' }>,
  ): Promise<void> {
    const begins = lastThird(state.expiresAt, execution.orders.approval.withinMs);
    // another plan is asked about than when this was set
    if (this.clock.now() < begins) return this.store.outbox.remind(of, begins);
    if (state.agreed === undefined) await this.announcer.tell(approvalEndsNews(execution, state), { execution });
    await this.store.outbox.forget(of);
  }
}

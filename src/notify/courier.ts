import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/message-of.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { AttemptResult, Claimed } from '../engine/outbox.js';
import { CLOCK, LOGGER, STORE } from '../parts.js';
import type { CallResult } from '../plugin-host/call-result.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { during } from '../telemetry/hop.js';
import type { Log } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { aboutLetter } from './announcer.js';

/** The host gives a notifier ten seconds; whoever is not back then is gone, and another worker takes over. */
export const LEASE_MS = 12_000;
const FIRST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 5 * 60_000;
/** Another worker sends what is not ticked off by then. */
const STOP_WITHIN_MS = 3_000;
const GIVE_UP_MS = 24 * 3_600_000;

/** Sends what waits in the outbox, for each notifier by itself: one that hangs keeps no other waiting. */
@Injectable()
export class Courier {
  private readonly busy = new Map<string, Promise<void>>();
  private isStopped = false;

  constructor(
    @Inject(PluginHost) private readonly host: Pick<PluginHost, 'send'>,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Begins to send whatever can be sent now; returns without waiting for the notifiers. */
  async work(): Promise<void> {
    for (const notifier of await this.store.outbox.lanes()) {
      if (this.isStopped) return;
      if (this.busy.has(notifier)) continue;
      this.busy.set(
        notifier,
        this.serve(notifier).finally(() => this.busy.delete(notifier)),
      );
    }
  }

  /** Begins nothing more; what is under way may be ticked off, so that nobody is told twice because a service is stopped. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const atEnd = Promise.all(this.busy.values());
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(STOP_WITHIN_MS, resolve);
      void atEnd.then(() => {
        cancel();
        resolve();
      });
    });
  }

  private async serve(notifier: string): Promise<void> {
    try {
      while (!this.isStopped) {
        const claimed = await this.store.outbox.claim(notifier, LEASE_MS);
        if (claimed === undefined) return;
        await during({ origin: claimed.origin ?? {} }, () => this.send(claimed));
      }
    } catch (error) {
      const reason = messageOf(error);
      this.log.warn({ notifier, error: reason }, 'messages could not be fetched or ticked off; it is tried again');
    }
  }

  private async send(claimed: Claimed): Promise<void> {
    const { notifier, message, attempt, origin } = claimed;
    const sent = await this.host.send(notifier, message, origin);
    const result = this.resultOf(claimed, sent);
    const counts = await this.store.outbox.finish(claimed, result);
    this.metrics.messageSent(notifier, message.event, result.result);
    const about = { ...aboutLetter(claimed), attempt };
    if (sent.ok) return this.log.info(about, 'message sent');
    const { detail: error } = sent.failure;
    if (!counts) return;
    if (result.result === 'again') return this.log.warn({ ...about, error }, 'a message could not be delivered yet');
    const { title } = message;
    this.log.error({ ...about, title, error }, 'a message could not be delivered: tell people yourself');
  }

  private resultOf({ attempt, putAt }: Claimed, sent: CallResult<void>): AttemptResult {
    if (sent.ok) return { result: 'delivered' };
    const { detail, again } = sent.failure;
    const againInMs = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(30, attempt - 1));
    const inTime = this.clock.now() + againInMs <= putAt + GIVE_UP_MS;
    return again && inTime ? { result: 'again', detail, againInMs } : { result: 'given-up', detail };
  }
}

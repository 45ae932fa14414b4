import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Observer } from '../engine/observer.js';
import { Announcer } from '../notify/announcer.js';
import { CLOCK, LOGGER } from '../parts.js';
import type { Log } from './logger.js';
import { Metrics } from './metrics.js';

/** Turns what the engine has saved into log lines, figures and messages. */
@Injectable()
export class Reporter implements Observer {
  constructor(
    @Inject(LOGGER) private readonly log: Log,
    private readonly metrics: Metrics,
    private readonly announcer: Announcer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  saved(event: Event, before: Execution, next: Execution): void {
    const { id, runbook, target, state } = next;
    const about = { executionId: id, runbook, target, event: event.type, phase: state.phase, ...factsOf(event) };
    const isNew = before.state.phase !== state.phase;
    if (state.phase === 'held' && isNew)
      this.log.error({ ...about, cause: state.cause }, 'held: a person must decide (retry, revert or accept)');
    else if (state.phase === 'closed' && isNew)
      this.log.info({ ...about, outcome: state.outcome, detail: state.detail }, `closed: ${state.outcome}`);
    else this.log.info(about, isNew ? `${event.type}: now ${state.phase}` : event.type);
    if (!isNew) return;
    this.measureApproval(event, before);
    if (state.phase === 'closed') this.metrics.closed(next);
    this.announcer.announce(next);
  }

  private measureApproval(event: Event, before: Execution): void {
    if (before.state.phase !== 'awaiting-approval') return;
    const askedAt = before.state.expiresAt - before.orders.approval.withinMs;
    const seconds = Math.max(0, this.clock.now() - askedAt) / 1000;
    this.metrics.decided(before.runbook, event.type, seconds);
  }

  warn(
    message: string,
    about: { readonly executionId: string; readonly error?: unknown; readonly detail?: string },
  ): void {
    const { executionId, error, detail } = about;
    const reason = error instanceof Error ? error.message : error;
    this.log.warn(
      { executionId, ...(reason === undefined ? {} : { error: reason }), ...(detail === undefined ? {} : { detail }) },
      message,
    );
  }
}

/** What a person on call wants to read of an event. */
function factsOf(event: Event): object {
  if ('detail' in event) return { detail: event.detail };
  if ('by' in event) return { by: event.by };
  return event.type === 'sampled' ? { sample: event.sample } : {};
}

import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Trust } from '../engine/governance.js';
import type { Observer } from '../engine/observer.js';
import { Announcer } from '../notify/announcer.js';
import { CLOCK, LOGGER } from '../parts.js';
import { lineOf } from './log-line.js';
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

  saved(event: Event, before: Execution, next: Execution, lowered?: Pick<Trust, 'to' | 'why'>): void {
    const { level, fields, message } = lineOf(event, before, next);
    this.log[level](fields, message);
    this.measureApproval(event, before, next);
    this.metrics.escalated(event, next);
    if (next.state.phase === 'closed' && before.state.phase !== 'closed') this.metrics.closed(next);
    this.announcer.announce(event, before, next);
    if (lowered !== undefined) this.trustLost(next, lowered);
  }

  private trustLost(execution: Execution, lost: Pick<Trust, 'to' | 'why'>): void {
    const { id, runbook, target } = execution;
    const level = lost.why === 'harmful' ? 'error' : 'warn';
    const what = lost.why === 'harmful' ? 'did harm' : 'did not help three times in a row';
    const about = { executionId: id, runbook, target, ...lost };
    this.log[level](about, `the runbook ${what}: until a person restores its trust it goes no further than ${lost.to}`);
    this.metrics.trustLost(runbook, lost.why);
    this.announcer.trustLost(execution, lost);
  }

  /** The wait ends when enough people agree, or with whatever ends it without them. */
  private measureApproval(event: Event, { state, runbook, orders }: Execution, next: Execution): void {
    if (state.phase !== 'awaiting-approval' || state.agreed !== undefined) return;
    if (next.state.phase === 'awaiting-approval' && next.state.agreed === undefined) return;
    const askedAt = state.expiresAt - orders.approval.withinMs;
    this.metrics.decided(runbook, event.type, Math.max(0, this.clock.now() - askedAt) / 1000);
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

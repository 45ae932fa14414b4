import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Trust } from '../engine/governance.js';
import type { Observer } from '../engine/observer.js';
import type { Turn } from '../engine/turn.js';
import { newsworthy } from '../core/newsworthy.js';
import { MailRound } from '../notify/mail-round.js';
import { CLOCK, LOGGER } from '../parts.js';
import { noteCommand } from './command-span.js';
import { apart } from './hop.js';
import { lineOf } from './log-line.js';
import type { Log } from './logger.js';
import { Metrics } from './metrics.js';
import { TurnSpan } from './turn-span.js';

/** Turns what the engine has saved into log lines and figures, and says when there is news. */
@Injectable()
export class Reporter implements Observer {
  constructor(
    @Inject(LOGGER) private readonly log: Log,
    private readonly metrics: Metrics,
    @Inject(MailRound) private readonly round: Pick<MailRound, 'nudge'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  turn(): Turn {
    return new TurnSpan();
  }

  saved(event: Event, before: Execution, next: Execution, lowered?: Pick<Trust, 'to' | 'why'>): void {
    const { level, fields, message } = lineOf(event, before, next);
    this.log[level](fields, message);
    noteCommand(event, next);
    this.measureApproval(event, before, next);
    this.metrics.escalated(event, next);
    if (next.state.phase === 'closed' && before.state.phase !== 'closed') this.metrics.closed(next);
    if (lowered !== undefined) this.trustLost(next, lowered);
    // the store has noted it already
    if (lowered !== undefined || newsworthy(event, before, next)) apart(() => this.round.nudge());
  }

  private trustLost(execution: Execution, lost: Pick<Trust, 'to' | 'why'>): void {
    const { id, runbook, target } = execution;
    const level = lost.why === 'harmful' ? 'error' : 'warn';
    const what = lost.why === 'harmful' ? 'did harm' : 'did not help three times in a row';
    const about = { executionId: id, runbook, target, ...lost };
    this.log[level](about, `the runbook ${what}: until a person restores its trust it goes no further than ${lost.to}`);
    this.metrics.trustLost(runbook, lost.why);
  }

  /** The wait ends when enough people agree, or with whatever ends it without them. */
  private measureApproval(event: Event, { state, orders }: Execution, next: Execution): void {
    if (state.phase !== 'awaiting-approval' || state.agreed !== undefined) return;
    if (next.state.phase === 'awaiting-approval' && next.state.agreed === undefined) return;
    const askedAt = state.expiresAt - orders.approval.withinMs;
    this.metrics.decided(next, event.type, Math.max(0, this.clock.now() - askedAt) / 1000);
  }

  warn(
    message: string,
    about: { readonly executionId?: string; readonly error?: unknown; readonly detail?: string },
  ): void {
    const { error, ...rest } = about;
    const reason = error instanceof Error ? error.message : error;
    this.log.warn({ ...rest, ...(reason === undefined ? {} : { error: reason }) }, message);
  }
}

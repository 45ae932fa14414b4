import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.js';
import type { Execution } from '../core/execution.js';
import type { Clock } from '../core/clock.js';
import { CLOCK, CONFIG, LOGGER } from '../parts.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import type { Message } from '../plugin-sdk/call.js';
import type { Log } from '../telemetry/logger.js';

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;

/** Tells people through the notifiers that a runbook names; it is tried again and never stops an execution. */
@Injectable()
export class Announcer {
  constructor(
    private readonly host: PluginHost,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Sends a message when a person should hear of this state of an execution; returns at once. */
  announce(execution: Execution): void {
    const message = messageFor(execution, this.config.publicUrl);
    if (message === undefined) return;
    for (const notifier of execution.orders.notify) void this.send(notifier, message, 1);
  }

  private async send(notifier: string, message: Message, attempt: number): Promise<void> {
    const sent = await this.host.send(notifier, message);
    const about = { notifier, event: message.event, executionId: message.execution.id };
    if (sent.ok) return this.log.info(about, 'message sent');
    const { detail, again } = sent.failure;
    if (!again || attempt >= ATTEMPTS)
      return this.log.error({ ...about, error: detail }, 'a message could not be delivered: tell people yourself');
    this.log.warn({ ...about, error: detail, attempt }, 'a message could not be delivered yet');
    this.clock.after(FIRST_PAUSE_MS * 2 ** (attempt - 1), () => void this.send(notifier, message, attempt + 1));
  }
}

/** Writes the message about an execution, if its state is one that people are told of. */
export function messageFor(execution: Execution, publicUrl: string): Message | undefined {
  const { id, runbook, target, state } = execution;
  const about = { id, runbook, target, phase: state.phase };
  const news = (at: number): string => `${id}-${state.phase}-${at}`;
  const link = `${publicUrl}/api/v1/executions/${id}`;
  switch (state.phase) {
    case 'awaiting-approval': {
      const changes = state.plan.flatMap((step) =>
        step.changes.map(
          (one) => `${one.resource} ${one.attribute}: ${JSON.stringify(one.from)} -> ${JSON.stringify(one.to)}`,
        ),
      );
      const text = `${changes.join('\n')}\nApprove until ${new Date(state.expiresAt).toISOString()}.`;
      return {
        id: news(state.expiresAt),
        event: 'awaiting-approval',
        title: `${runbook} on ${target} waits for approval`,
        text,
        link,
        execution: about,
      };
    }
    case 'held':
      return {
        id: news(state.since),
        event: 'held',
        title: `${runbook} on ${target} is held: a person must decide`,
        text: state.cause,
        link,
        execution: about,
      };
    case 'closed':
      return {
        id: news(execution.closedAt ?? 0),
        event: 'closed',
        title: `${runbook} on ${target}: ${state.outcome}`,
        text: state.detail,
        link,
        execution: { ...about, outcome: state.outcome },
      };
    case 'planning':
    case 'applying':
    case 'verifying':
    case 'holding':
    case 'reverting':
      return undefined;
  }
}

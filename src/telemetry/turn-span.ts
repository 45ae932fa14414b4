import { SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Stored } from '../engine/execution-store.js';
import type { Turn } from '../engine/turn.js';
import { contextOf } from '../plugin-host/trace-context.js';
import { WAKEUP_QUEUE } from '../worker/queue.js';
import { currentHop, during, type Hop } from './hop.js';
import { freeText, tracer, under } from './spans.js';

interface Seen {
  readonly span: Span;
  readonly hop: Hop;
  readonly first: Stored;
  last: Stored;
}

/** Shows one turn of an execution as a span: from the bell until it must wait again. */
export class TurnSpan implements Turn {
  private seen: Seen | undefined;

  within<T>(stored: Stored, run: () => Promise<T>): Promise<T> {
    this.seen ??= begin(stored);
    this.seen.last = stored;
    return during(this.seen.hop, run);
  }

  async verifying(sample: () => Promise<Event>): Promise<Event> {
    const hop = currentHop();
    if (hop?.parent === undefined) return sample();
    const span = tracer.startSpan('execution.verify', {}, hop.parent);
    try {
      const event = await during({ ...hop, parent: trace.setSpan(hop.parent, span) }, sample);
      if (event.type === 'sampled') span.setAttribute('firebreak.sample', event.sample.status);
      return event;
    } finally {
      span.end();
    }
  }

  /** A turn in which nothing came of the look is not sent: what is paused is looked at every second. */
  end(error?: unknown): void {
    if (this.seen === undefined) return;
    const { span, first, last } = this.seen;
    if (error === undefined && first.version === last.version) return;
    if (span.isRecording()) span.setAttributes(outcomeOf(last.execution));
    if (error !== undefined) {
      const { name, message } = error instanceof Error ? error : new Error('unknown');
      span.setAttribute('error.type', name);
      span.setStatus({ code: SpanStatusCode.ERROR, message: freeText(message) });
    }
    span.end();
  }
}

function begin(stored: Stored): Seen {
  const { id, runbook, target, state, origin = {} } = stored.execution;
  const parent = contextOf(origin);
  const span = tracer.startSpan('execution.advance', { kind: SpanKind.CONSUMER }, parent);
  if (span.isRecording())
    span.setAttributes({
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': WAKEUP_QUEUE,
      'firebreak.execution_id': id,
      'firebreak.runbook': runbook,
      'firebreak.target': freeText(target),
      'firebreak.phase.before': state.phase,
    });
  return {
    span,
    hop: { origin: under(span, origin), parent: trace.setSpan(parent, span) },
    first: stored,
    last: stored,
  };
}

function outcomeOf({ state }: Execution): Record<string, string> {
  const outcome = state.phase === 'closed' ? { 'firebreak.outcome': state.outcome } : {};
  return { 'firebreak.phase.after': state.phase, ...outcome };
}

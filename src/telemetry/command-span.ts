import { trace } from '@opentelemetry/api';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { currentHop } from './hop.js';
import { contextOf } from '../plugin-host/trace-context.js';
import { tracer } from './spans.js';

/**
 * Notes in the trace of an execution that a person has said something, with a link to that person's request, which is in a trace
 * of its own and gets a link back.
 */
export function noteCommand(event: Event, { id, origin, state }: Execution): void {
  if (!('by' in event)) return;
  const parent = currentHop()?.parent;
  const request = parent === undefined ? undefined : trace.getSpan(parent);
  // a request is linked, never the parent: it may have come hours later, and is over soon
  const links = request === undefined ? [] : [{ context: request.spanContext() }];
  const attributes = { 'firebreak.execution_id': id, 'firebreak.phase.after': state.phase };
  const span = tracer.startSpan(`execution.${event.type}`, { links, attributes }, contextOf(origin));
  span.end();
  request?.addLink({ context: span.spanContext(), attributes: { 'firebreak.execution_id': id } });
}

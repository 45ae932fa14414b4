import { isSpanContextValid, trace, TraceFlags, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';
import { writeTraceparent, type Origin } from '../core/origin.js';
import { redactor } from '../plugin-host/redact.js';
import { contextOf, shortened } from '../plugin-host/trace-context.js';
import { VERSION } from '../version.js';
import type { Hop } from './hop.js';

/** Makes all spans but those of calls into plugins; without a configured exporter it makes nothing. */
export const tracer: Tracer = trace.getTracer('firebreak', VERSION);

let mask = (text: string): string => text;

/** From now on these values do not stand in any span. */
export function hideInSpans(secrets: readonly string[]): void {
  mask = redactor(secrets);
}

/** Makes an attribute of what somebody else wrote: bounded, and without secrets. */
export function freeText(text: string): string {
  return shortened(mask(text));
}

/** What belongs to an execution, when no request is under way. */
export function hopOf(origin: Origin = {}): Hop {
  return origin.traceparent === undefined ? { origin } : { origin, parent: contextOf(origin) };
}

/** Names a span for others; undefined while nothing is traced. */
function traceparentOf(span: Span): string | undefined {
  const context: SpanContext = span.spanContext();
  if (!isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags } = context;
  return writeTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
}

/** Gives an origin whose span is another one. */
export function under(span: Span, origin: Origin): Origin {
  const traceparent = traceparentOf(span);
  if (traceparent === undefined) return origin;
  const { traceId, ...rest } = origin;
  const isOther = traceId !== undefined && !traceparent.includes(traceId);
  return { ...rest, traceparent, ...(isOther ? { traceId } : {}) };
}

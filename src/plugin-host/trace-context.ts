import { ROOT_CONTEXT, trace, TraceFlags, type Context } from '@opentelemetry/api';
import { readTraceparent, type Origin } from '../core/origin.js';

/** What alerts and runbooks say may be long; a name of a target is understood from its beginning. */
const LONGEST = 200;

/** Gives the parent for whatever belongs to an execution; the root when it is in no trace. */
export function contextOf(origin: Origin | undefined): Context {
  const span = readTraceparent(origin?.traceparent);
  if (span === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = span;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Makes a text short enough for an attribute, and leaves no half a character at its end. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3).replace(/[\uD800-\uDBFF]$/, '')}...`;
}

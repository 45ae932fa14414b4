import { readTraceparent, type Origin } from '../core/origin.js';
import { currentHop } from './hop.js';

/**
 * Gives the id of the trace that holds everything of an execution; with tracing off the one that its sender gave or that was
 * made at the edge. Undefined for what began before there were any.
 */
export function traceIdOf(origin: Origin | undefined): string | undefined {
  return readTraceparent(origin?.traceparent)?.traceId ?? origin?.traceId;
}

/** Gives the id of the trace that some collector keeps, for exemplars; undefined when none does. */
export function sampledTraceIdOf(origin: Origin | undefined): string | undefined {
  const span = readTraceparent(origin?.traceparent);
  return span?.sampled === true ? span.traceId : undefined;
}

/** Gives the id of the trace of what is under way here when some collector keeps it, for exemplars. */
export function currentSampledTraceId(): string | undefined {
  return sampledTraceIdOf(currentHop()?.origin);
}

/** Gives the id of the trace of what is under way here; undefined when nothing is. */
export function currentTraceId(): string | undefined {
  return traceIdOf(currentHop()?.origin);
}

/** Gives the id of the request for which something is under way here; undefined when there is none. */
export function currentRequestId(): string | undefined {
  return currentHop()?.origin.requestId;
}

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isTraceId, readTraceparent, readTracestate, type Origin } from '../core/origin.js';
import { spanIds } from '../telemetry/span-ids.js';

const SAFE = /^[\w.:/+=-]{1,128}$/;

/** Takes over the caller's X-Request-ID if it can do no harm in a log line, and makes one otherwise. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return taken(headers['x-request-id']) ?? randomUUID();
}

/** What a caller says of the trace that a request belongs to. */
export interface CallersTrace {
  /** A `traceparent` that can be read. */
  readonly traceparent?: string;
  /** A `tracestate` that can be read, beside such a `traceparent`. */
  readonly tracestate?: string;
  /** An X-Trace-ID that can do no harm in a log line. */
  readonly traceId?: string;
}

/** Reads what a caller says of its trace; what cannot be read, or might do harm, is passed over. */
export function callersTrace(headers: IncomingHttpHeaders): CallersTrace {
  const { traceparent } = headers;
  const traceId = taken(headers['x-trace-id']);
  const id = traceId === undefined ? {} : { traceId };
  if (typeof traceparent !== 'string' || readTraceparent(traceparent) === undefined) return id;
  // Node makes one text of several such headers
  const tracestate = typeof headers['tracestate'] === 'string' ? readTracestate(headers['tracestate']) : undefined;
  return { traceparent, ...(tracestate === undefined ? {} : { tracestate }), ...id };
}

/** The id that a trace of ours is to have, because the caller calls it so and says nothing better. */
export function wantedTraceId({ traceparent, traceId }: CallersTrace): string | undefined {
  return traceparent === undefined && traceId !== undefined && isTraceId(traceId) ? traceId : undefined;
}

/** Gives what is carried on from a request; a trace's id is made where nobody gives one. */
export function originOf(requestId: string, { traceparent, tracestate, traceId }: CallersTrace): Origin {
  const known = readTraceparent(traceparent)?.traceId;
  const own = traceId ?? (known === undefined ? spanIds.generateTraceId() : undefined);
  return {
    requestId,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(own === undefined || own === known ? {} : { traceId: own }),
  };
}

function taken(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && SAFE.test(value) ? value : undefined;
}

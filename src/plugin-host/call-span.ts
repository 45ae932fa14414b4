import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { readTraceparent, writeTraceparent, type Origin } from '../core/origin.js';
import type { CallName } from './call-name.js';
import type { CallFailure } from './call-result.js';
import type { SentOn } from './child/sent-on.js';
import { contextOf, shortened } from './trace-context.js';

/** For whom a plugin is called. */
export interface CallPurpose {
  readonly executionId: string;
  readonly origin?: Origin;
  readonly target: string;
  readonly step?: string;
  /** It happens beside the execution, maybe long after it: in a trace of its own, with a link. */
  readonly isApart?: true;
}

/** A call as the traces show it, and what its plugin sends on. */
export interface CallSpan {
  readonly headers: SentOn;
  /** Runs the call, so that what it begins is below it. */
  run<T>(work: () => Promise<T>): Promise<T>;
  end(result: 'ok' | 'failed' | 'timed-out', failure?: CallFailure): void;
}

const tracer = trace.getTracer('firebreak/plugin-host');

/** Begins to show a call; one for no execution, such as that of a standing probe, is not shown and sends nothing on. */
export function callSpan({ plugin, part, verb }: CallName, purpose: CallPurpose | undefined): CallSpan {
  if (purpose === undefined) return { headers: {}, run: (work) => work(), end: () => undefined };
  const { origin, executionId, target, step, isApart } = purpose;
  const parent = isApart === true ? ROOT_CONTEXT : parentOf(origin);
  const linked = isApart === true ? trace.getSpanContext(contextOf(origin)) : undefined;
  const links = linked === undefined ? [] : [{ context: linked }];
  const span = tracer.startSpan(`plugin.${verb}`, { kind: SpanKind.CLIENT, links }, parent);
  if (span.isRecording())
    span.setAttributes({
      'firebreak.plugin': plugin,
      'firebreak.part': part,
      'firebreak.execution_id': executionId,
      'firebreak.target': shortened(target),
      ...(step === undefined ? {} : { 'firebreak.step': step }),
    });
  return {
    headers: headersFor(purpose, span),
    run: (work) => context.with(trace.setSpan(parent, span), work),
    end: (result, failure) => {
      span.setAttribute('firebreak.result', result);
      if (failure !== undefined) {
        span.setAttribute('error.type', failure.code);
        span.setStatus({ code: SpanStatusCode.ERROR, message: shortened(failure.detail) });
      }
      span.end();
    },
  };
}

/** The turn, or the request, in which it is called; else what the execution began with. */
function parentOf(origin: Origin | undefined): Context {
  const active = context.active();
  return trace.getSpan(active) === undefined ? contextOf(origin) : active;
}

function headersFor({ executionId, origin = {} }: CallPurpose, span: Span): SentOn {
  const { requestId, tracestate } = origin;
  const known = span.spanContext();
  const isIn = isSpanContextValid(known);
  const { traceId, spanId } = known;
  const sampled = (known.traceFlags & TraceFlags.SAMPLED) !== 0;
  const began = readTraceparent(origin.traceparent)?.traceId;
  const named = origin.traceId ?? began;
  const baggage = Object.entries({ 'firebreak.execution_id': executionId, 'firebreak.request_id': requestId })
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`))
    .join(',');
  return {
    ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    ...(named === undefined ? {} : { 'x-trace-id': named }),
    ...(isIn ? { traceparent: writeTraceparent({ traceId, spanId, sampled }), baggage } : {}),
    // it speaks of the caller's trace, and of no other
    ...(isIn && began === traceId && tracestate !== undefined ? { tracestate } : {}),
  };
}

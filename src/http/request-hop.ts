import { SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Origin } from '../core/origin.js';
import { during, type Hop } from '../telemetry/hop.js';
import { withTraceId } from '../telemetry/span-ids.js';
import { contextOf } from '../plugin-host/trace-context.js';
import { tracer, under } from '../telemetry/spans.js';
import { callersTrace, originOf, wantedTraceId, type CallersTrace } from './request-id.js';

const NAME = 'passage';

/** Most of what comes in there is a repeat: it has a span as soon as it brings something new. */
const ALERTS: readonly string[] = ['/api/v1/alert/trigger', '/api/v2/alerts'];

/**
 * Answers every request with its ids, so that callers can name it to whoever reads the log, and carries them, with the trace,
 * to whatever is done for it.
 */
export function carryIds(fastify: FastifyInstance): void {
  fastify.decorateRequest(NAME, null);
  fastify.addHook('onRequest', (request, reply, done) => {
    const passage = new Passage(request);
    const { traceparent, traceId = traceparent?.slice(3, 35) } = passage.origin;
    request.setDecorator(NAME, passage);
    void reply.headers({ 'x-request-id': request.id, 'x-trace-id': traceId });
    done();
  });
  // not before: what is read of a body comes from the connection, and knows of no request
  fastify.addHook('preHandler', (request, _reply, done) => inPassage(request, done));
  fastify.addHook('onResponse', (request, reply, done) => {
    passageOf(request)?.answered(reply);
    inPassage(request, done);
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    passageOf(request)?.brokenOff();
    done();
  });
}

/** A request on its way through here, with its span. */
class Passage implements Hop {
  readonly isLazy: boolean;
  private readonly caller: CallersTrace;
  private readonly plain: Origin;
  private readonly isTraced: boolean;
  private begun: { readonly span: Span; readonly origin: Origin; readonly context: Context } | undefined;
  private isOver = false;
  private readonly at: number;

  constructor(private readonly request: FastifyRequest) {
    const caller = (this.caller = callersTrace(request.headers));
    const { method, routeOptions } = request;
    this.at = Date.now();
    this.plain = originOf(request.id, caller);
    // what changes something is traced; what only looks, and pages do all the time, when the caller traces it
    this.isTraced = caller.traceparent !== undefined || !['GET', 'HEAD', 'OPTIONS'].includes(method);
    this.isLazy = caller.traceparent === undefined && ALERTS.includes(routeOptions.url ?? '');
    if (!this.isLazy) this.begin();
  }

  get origin(): Origin {
    return this.begun?.origin ?? this.plain;
  }

  get parent(): Context | undefined {
    this.begin();
    return this.begun?.context;
  }

  answered({ statusCode }: FastifyReply): void {
    if (statusCode >= 500) this.begin();
    this.end((span) => {
      span.setAttribute('http.response.status_code', statusCode);
      if (statusCode < 500) return;
      span.setAttribute('error.type', String(statusCode));
      span.setStatus({ code: SpanStatusCode.ERROR });
    });
  }

  brokenOff(): void {
    this.end((span) => span.setAttribute('error.type', 'aborted'));
  }

  private begin(): void {
    if (!this.isTraced || this.begun !== undefined || this.isOver) return;
    const { method, routeOptions, id } = this.request;
    const { url: route = '' } = routeOptions;
    const parent = contextOf(this.caller);
    const attributes = { 'http.request.method': method, 'http.route': route, 'firebreak.request_id': id };
    const times = this.isLazy ? { startTime: this.at } : {};
    // the id that was answered already, unless it is one that no trace can have
    const span = withTraceId(wantedTraceId({ ...this.caller, ...this.plain }), () =>
      tracer.startSpan(`${method} ${route}`.trim(), { kind: SpanKind.SERVER, attributes, ...times }, parent),
    );
    const origin = under(span, this.plain);
    // nothing is traced here
    if (origin.traceparent === undefined) return;
    this.begun = { span, origin, context: trace.setSpan(parent, span) };
  }

  /** A request that is broken off may be answered all the same. */
  private end(say: (span: Span) => void): void {
    const over = this.isOver;
    this.isOver = true;
    if (over || this.begun === undefined) return;
    say(this.begun.span);
    this.begun.span.end();
  }
}

function inPassage(request: FastifyRequest, done: () => void): void {
  const passage = passageOf(request);
  if (passage === null) done();
  else during(passage, done);
}

function passageOf(request: FastifyRequest): Passage | null {
  return request.getDecorator<Passage | null>(NAME);
}

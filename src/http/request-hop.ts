import { SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPublic } from '../access/public-routes.js';
import { alertSenderAt } from '../core/alert-addresses.js';
import type { Origin } from '../core/origin.js';
import { during, type Hop } from '../telemetry/hop.js';
import { withTraceId } from '../telemetry/span-ids.js';
import { contextOf } from '../plugin-host/trace-context.js';
import { tracer, under } from '../telemetry/spans.js';
import { callersTrace, originOf, wantedTraceId, type CallersTrace } from './request-id.js';

const NAME = 'hop';

/** Strangers, and who comes too often: a span that never ends is not sent, so they cannot push out those of others. */
const TURNED_AWAY: readonly number[] = [401, 429];

/**
 * Answers every request with its ids, so that callers can name it to whoever reads the log, and carries them, with the trace,
 * to whatever is done for it.
 */
export function carryIds(fastify: FastifyInstance): void {
  fastify.decorateRequest(NAME, null);
  fastify.addHook('onRequest', (request, reply, done) => {
    const hop = new RequestHop(request);
    const { traceparent, traceId = traceparent?.slice(3, 35) } = hop.origin;
    request.setDecorator(NAME, hop);
    void reply.headers({ 'x-request-id': request.id, 'x-trace-id': traceId });
    done();
  });
  // not before: what is read of a body comes from the connection, and knows of no request
  fastify.addHook('preHandler', (request, _reply, done) => duringRequest(request, done));
  fastify.addHook('onResponse', (request, reply, done) => {
    requestHopOf(request)?.answered(reply);
    duringRequest(request, done);
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    requestHopOf(request)?.brokenOff();
    done();
  });
}

/** A request on its way through here, with its span. */
class RequestHop implements Hop {
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
    const isWanted = caller.traceparent !== undefined || !['GET', 'HEAD', 'OPTIONS'].includes(method);
    this.isTraced = isWanted && !isPublic(method, routeOptions.url);
    // most alerts are repeats: such a request has a span as soon as it brings something new
    this.isLazy = caller.traceparent === undefined && alertSenderAt(routeOptions.url ?? '') !== undefined;
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
    if (TURNED_AWAY.includes(statusCode)) this.begun = undefined;
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
    // an address that is none has no route
    const known = route === '' ? {} : { 'http.route': route };
    const attributes = { 'http.request.method': method, ...known, 'firebreak.request_id': id };
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

function duringRequest(request: FastifyRequest, done: () => void): void {
  const hop = requestHopOf(request);
  if (hop === null) done();
  else during(hop, done);
}

function requestHopOf(request: FastifyRequest): RequestHop | null {
  return request.getDecorator<RequestHop | null>(NAME);
}

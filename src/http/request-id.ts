import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';

const SAFE = /^[\w.:/+=-]{1,128}$/;

/** Takes over the caller's X-Request-ID if it can do no harm in a log line, and makes one otherwise. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return taken(headers['x-request-id']) ?? randomUUID();
}

/** Takes over the caller's X-Trace-ID, or the one in `traceparent`, and makes one otherwise. */
export function traceIdOf(headers: IncomingHttpHeaders): string {
  const [, traced] = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(headers['traceparent'] ?? '')) ?? [];
  return taken(headers['x-trace-id']) ?? traced ?? randomUUID().replaceAll('-', '');
}

/** Answers every request with its ids, so that callers can name it to whoever reads the log. */
export function returnIds(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ 'x-request-id': request.id, 'x-trace-id': traceIdOf(request.headers) });
    done();
  });
}

function taken(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && SAFE.test(value) ? value : undefined;
}

import type { FastifyInstance } from 'fastify';
import { currentExemplar } from '../telemetry/exemplar.js';
import type { Metrics } from '../telemetry/metrics.js';
import { routeOf } from './route-table.js';

/** Measures every request by the address as it is registered; a stream of events lasts as long as somebody reads it, and says nothing. */
export function measureRequests(fastify: FastifyInstance, metrics: Pick<Metrics, 'requestAnswered'>): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const type = reply.getHeader('content-type');
    if (typeof type !== 'string' || !type.startsWith('text/event-stream')) {
      const about = { method: request.method, route: routeOf(request), code: reply.statusCode };
      metrics.requestAnswered(about, reply.elapsedTime / 1000, currentExemplar());
    }
    done();
  });
}

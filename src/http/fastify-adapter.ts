import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { takeForms } from './form-body.js';
import { BODY_LIMIT, takeOnlyJson } from './json-body.js';
import { sendProblem } from './problem.js';
import { carryIds } from './request-hop.js';
import { requestIdOf } from './request-id.js';
import { recordRoutes } from './route-table.js';
import { BARE_HEADERS } from './security-headers.js';

type Options = Required<FastifyServerOptions>;

/** How long a client may take to send its request; a slower one is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Slow ones are looked for this often. */
const LOOK_FOR_SLOW_MS = 5_000;

const genReqId: Options['genReqId'] = ({ headers }) => requestIdOf(headers);

/** Paths that the router itself cannot read never reach a filter. */
const frameworkErrors: Options['frameworkErrors'] = (_error, _request, reply) =>
  sendProblem(reply.headers(BARE_HEADERS), { code: 'not-found', detail: 'this path cannot be read' });

/**
 * Makes the HTTP server, with everything that must be known before anything else.
 *
 * @param isProxy who is believed when it says in X-Forwarded-* from whom a request comes; without it, nobody (S4)
 */
export function fastifyAdapter(isProxy: (address: string) => boolean = () => false): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: LOOK_FOR_SLOW_MS },
    trustProxy: isProxy,
    genReqId,
    frameworkErrors,
  });
  const fastify: FastifyInstance = adapter.getInstance();
  recordRoutes(fastify);
  takeOnlyJson(fastify);
  takeForms(fastify);
  carryIds(fastify);
  return adapter;
}

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { BODY_LIMIT, takeOnlyJson } from './json-body.js';
import { sendProblem } from './problem.js';
import { requestIdOf, returnIds } from './request-id.js';
import { recordRoutes } from './route-table.js';
import { addSecurityHeaders } from './security-headers.js';

type Options = Required<FastifyServerOptions>;

/** How long a client may take to send its request; a slower one is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

const genReqId: Options['genReqId'] = ({ headers }) => requestIdOf(headers);

/** Paths that the router itself cannot read never reach a filter. */
const frameworkErrors: Options['frameworkErrors'] = (_error, _request, reply) =>
  sendProblem(reply, { code: 'not-found', detail: 'this path cannot be read' });

/** Makes the HTTP server, with everything that does not depend on settings. */
export function fastifyAdapter(): FastifyAdapter {
  // X-Forwarded-* is believed from nobody (S4)
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: false,
    genReqId,
    frameworkErrors,
  });
  const fastify: FastifyInstance = adapter.getInstance();
  recordRoutes(fastify);
  takeOnlyJson(fastify);
  returnIds(fastify);
  addSecurityHeaders(fastify);
  return adapter;
}

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { BODY_LIMIT, takeOnlyJson } from './json-body.js';
import { problemOf } from './problem-of.js';
import { sendProblem } from './problem.js';
import { requestIdOf, returnIds } from './request-id.js';
import { recordRoutes } from './route-table.js';
import { addSecurityHeaders } from './security-headers.js';

/** How long a client may take to send its request; a slower one is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

type Options = Required<FastifyServerOptions>;

const genReqId: Options['genReqId'] = ({ headers }) => requestIdOf(headers);

/** Paths that the router itself cannot read never reach a filter. */
const frameworkErrors: Options['frameworkErrors'] = (error, _request, reply) => sendProblem(reply, { ...problemOf(error), code: 'not-found' });

/** Makes the HTTP server, with everything that does not depend on settings. */
export function fastifyAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // X-Forwarded-* is believed from nobody (S4)
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

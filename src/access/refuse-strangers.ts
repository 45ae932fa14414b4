import type { FastifyInstance } from 'fastify';
import { unknownCaller } from './access-guard.js';
import type { Credentials } from './credentials.js';
import { isPublic } from './public-routes.js';

/**
 * Sends strangers away before their body is read, also from addresses that do not exist. The guard alone decides; this
 * only spares what a stranger could make us read, and makes every spelling of a path answer alike.
 */
export function refuseStrangers(fastify: FastifyInstance, credentials: Credentials): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const allowed =
      isPublic(request.method, request.routeOptions.url) ||
      credentials.identify(request.headers.authorization) !== undefined;
    if (allowed) done();
    else done(unknownCaller());
  });
}

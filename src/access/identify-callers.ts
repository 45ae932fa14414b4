import type { FastifyInstance } from 'fastify';
import { checkBody } from '../http/json-body.js';
import { remember, type Caller } from './caller.js';
import { unknownCaller, type Callers } from './callers.js';
import { isPublic } from './public-routes.js';

/**
 * Finds out who calls before the body is read, and sends strangers away, also from addresses that do not exist: that
 * spares what a stranger could make us read, and makes every spelling of a path answer alike. The guard alone lets in.
 */
export function identifyCallers(fastify: FastifyInstance, callers: Callers): void {
  fastify.addHook('onRequest', async (request) => {
    const { method, routeOptions } = request;
    if (isPublic(method, routeOptions.url)) return;
    const known = await callers.of(request);
    if (known.is === 'stranger') throw unknownCaller();
    const admit = (caller: Caller | undefined): void => {
      if (caller === undefined) throw unknownCaller();
      remember(request, caller);
    };
    if (known.is === 'caller') admit(known.caller);
    // where no body of this kind comes, this is not asked, and the guard finds nobody
    else checkBody(request, (body) => admit(known.caller(body)));
  });
}

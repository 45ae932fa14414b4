import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ALERT_ADDRESSES } from '../core/alert-addresses.js';
import { FirebreakError } from '../core/errors.js';

/** Routes that are never counted: an alert that is refused is an alert that is lost, and watchers must always see. */
export const UNCOUNTED: ReadonlySet<string> = new Set([
  ...Object.values(ALERT_ADDRESSES),
  '/-/healthy',
  '/-/ready',
  '/metrics',
]);

const MINUTE_MS = 60_000;
const MOST_SENDERS = 10_000;

/**
 * Sends away whoever asks too often, each by themselves; must come after callers were identified. Each process counts on its
 * own, and a stream counts once, when it is opened.
 *
 * @param perMinute requests of one sender
 * @param senderOf whose request it is
 */
export async function limitRequests(
  fastify: FastifyInstance,
  perMinute: number,
  senderOf: (request: FastifyRequest) => string,
): Promise<void> {
  const settings = { max: perMinute, timeWindow: MINUTE_MS, cache: MOST_SENDERS, keyGenerator: senderOf };
  await fastify.register(rateLimit, { global: false, ...settings });
  const count = fastify.createRateLimit();
  // not per route, as the package does by itself: addresses that do not exist count, too
  fastify.addHook('onRequest', async (request, reply) => {
    if (UNCOUNTED.has(request.routeOptions.url ?? '')) return;
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    const wait = Math.max(1, counted.ttlInSeconds);
    void reply.header('retry-after', String(wait));
    const what = `more than ${perMinute} requests in a minute (access.rateLimit.perMinute)`;
    throw new FirebreakError('too-many-requests', `${what}; ask again in ${wait} s`);
  });
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FirebreakError } from '../core/errors.js';

const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses what a page of another origin makes a browser send. Without tokens everybody on this machine may do everything,
 * and then a page somewhere on the web could, too: also by a name of its own that leads here.
 *
 * @param publicUrl under which browsers know this service
 * @param hasTokens whether callers show who they are
 */
export function refuseOtherOrigins(fastify: FastifyInstance, publicUrl: string, hasTokens: boolean): void {
  const own = new URL(publicUrl);
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (isForeign(request, own)) done(new FirebreakError('forbidden', 'a page of another origin may not do this'));
    else if (!hasTokens && !isOwnHost(request, own))
      done(new FirebreakError('forbidden', 'this is not the name of this service (FIREBREAK_PUBLIC_URL)'));
    else done();
  });
}

function isForeign({ method, headers }: FastifyRequest, own: URL): boolean {
  if (READING.includes(method) || headers.origin === undefined) return false;
  // Grafana's buttons send this header, and across origins no browser sends it without asking first
  if (headers['x-grafana-action'] !== undefined) return false;
  if (!URL.canParse(headers.origin)) return true;
  return !isSame(new URL(headers.origin), own);
}

function isSame(asked: URL, own: URL): boolean {
  if (asked.protocol !== own.protocol || asked.port !== own.port) return false;
  return asked.hostname === own.hostname || (isLoopback(asked.hostname) && isLoopback(own.hostname));
}

function isOwnHost({ headers }: FastifyRequest, own: URL): boolean {
  const asked = `http://${headers.host ?? ''}`;
  if (!URL.canParse(asked)) return false;
  const { hostname } = new URL(asked);
  return isLoopback(hostname) || hostname === own.hostname;
}

/** One machine has several names for itself. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FirebreakError } from '../core/errors.js';

const READING = ['GET', 'HEAD', 'OPTIONS'];

/** From where browsers may send commands. */
export interface Origins {
  /** Under which browsers know this service. */
  readonly publicUrl: string;
  /** Of Grafana, whose buttons may send commands too, when it is another one. */
  readonly grafana?: string;
  /** Whether callers need not show who they are. */
  readonly open: boolean;
}

/** Tells whether a method changes nothing. */
export function isReading(method: string): boolean {
  return READING.includes(method);
}

/**
 * Refuses what a page of another origin makes a browser send. Browsers send cookies along by themselves; and without any
 * credential everybody on this machine may do everything, and then a page somewhere on the web could, too, also by a name of
 * its own that leads here. Nothing is ever answered with Access-Control-*.
 */
export function refuseOtherOrigins(fastify: FastifyInstance, { publicUrl, grafana, open }: Origins): void {
  const own = new URL(publicUrl);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const because = isReading(request.method) ? undefined : whyForeign(request, own, grafana);
    if (because !== undefined) done(new FirebreakError('forbidden', because));
    else if (open && !isOwnHost(request, own))
      done(new FirebreakError('forbidden', 'this is not the name of this service (FIREBREAK_PUBLIC_URL)'));
    else done();
  });
}

function whyForeign({ headers }: FastifyRequest, own: URL, grafana: string | undefined): string | undefined {
  const { origin, cookie, authorization } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return 'a page of another origin may not do this';
  if (origin !== undefined) {
    if (isOwn(origin, own)) return undefined;
    // a form of a page there could not send this header
    if (origin === grafana && headers['x-grafana-action'] !== undefined) return undefined;
    return `a page of another origin may not do this; this service is known as ${own.origin} (FIREBREAK_PUBLIC_URL)`;
  }
  // every browser says where a command comes from; a program shows a token, and then no cookie is looked at
  if (cookie !== undefined && authorization === undefined)
    return 'a command with a cookie must say from which page it comes';
  return undefined;
}

function isOwn(origin: string, own: URL): boolean {
  const asked = URL.parse(origin);
  if (asked === null || asked.origin !== origin) return false;
  if (asked.protocol !== own.protocol || asked.port !== own.port) return false;
  return asked.hostname === own.hostname || (isLoopback(asked.hostname) && isLoopback(own.hostname));
}

function isOwnHost({ headers }: FastifyRequest, own: URL): boolean {
  const asked = URL.parse(`http://${headers.host ?? ''}`);
  return asked !== null && (isLoopback(asked.hostname) || asked.hostname === own.hostname);
}

/** One machine has several names for itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/** Nothing in a browser needs these from here. */
const PERMISSIONS = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'publickey-credentials-get']
  .concat('usb', 'serial', 'browsing-topics')
  .map((name) => `${name}=()`)
  .join(', ');

/** What an answer carries that no hook has seen, because its path could not even be read. */
export const BARE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const HALF_A_YEAR_S = 180 * 86_400;

/**
 * Sends with every answer what keeps a browser from making more of it than it is; pages loosen their own policy of contents.
 * Must come before every other hook, so that refusals carry it too.
 *
 * @param publicUrl under which browsers know this service: over https they are told to stay there
 */
export function addSecurityHeaders(fastify: FastifyInstance, publicUrl: string): void {
  const always = Object.entries(headersFor(publicUrl));
  fastify.addHook('onRequest', (_request, reply, done) => {
    // under what Fastify sends itself, so that a page's own policy takes its place, and streams have them too
    for (const [name, value] of always) if (value !== undefined) reply.raw.setHeader(name, value);
    // what is the same for everybody, as the files of the pages, says otherwise itself
    void reply.headers({ 'permissions-policy': PERMISSIONS, 'cache-control': 'no-store' });
    done();
  });
}

/** They are the same for every answer, so helmet writes them once, into an answer that nobody gets. */
function headersFor(publicUrl: string): ReturnType<ServerResponse['getHeaders']> {
  const write = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // with no-referrer, browsers would send the console's own forms with "Origin: null"
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: publicUrl.startsWith('https:') && { maxAge: HALF_A_YEAR_S, includeSubDomains: false },
  });
  const request = new IncomingMessage(new Socket());
  const answer = new ServerResponse(request);
  write(request, answer, (error) => {
    if (error !== undefined) throw new Error('the headers for browsers cannot be made', { cause: error });
  });
  return answer.getHeaders();
}

import type { FastifyRequest } from 'fastify';
import type { IsProxy } from './proxy-addresses.js';

/** What a listed proxy says in a header. */
export type ProxySays =
  | { readonly is: 'nothing' }
  | { readonly is: 'said'; readonly text: string }
  /** It came twice: the proxy's own and somebody else's, and nobody can tell which is which. */
  | { readonly is: 'twice' };

/**
 * Reads what the proxy that sends a request says in a header; from anybody else it says nothing. Only who is connected counts
 * here, never what X-Forwarded-For says.
 */
export function proxySays(
  { raw, socket }: Pick<FastifyRequest, 'raw' | 'socket'>,
  header: string,
  isProxy: IsProxy,
): ProxySays {
  if (!isProxy(socket.remoteAddress)) return { is: 'nothing' };
  const said = raw.rawHeaders.flatMap((name, i, all) =>
    i % 2 === 0 && name.toLowerCase() === header ? [(all[i + 1] ?? '').trim()] : [],
  );
  if (said.length > 1) return { is: 'twice' };
  const [text = ''] = said;
  return text === '' ? { is: 'nothing' } : { is: 'said', text };
}

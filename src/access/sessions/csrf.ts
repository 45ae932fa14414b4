import type { FastifyRequest } from 'fastify';
import { FirebreakError } from '../../core/errors.js';
import { formToken } from '../../http/form-body.js';
import { isReading } from '../../http/same-origin.js';
import { isSameSecret } from './secret-text.js';

/**
 * Lets a request of somebody logged in go on that was sent by a page of our own: a browser sends the cookie along whoever
 * made it ask, but only our pages know the token.
 *
 * @param expected the session's token
 * @throws FirebreakError `forbidden`
 */
export function mustBeOurPage(request: FastifyRequest, expected: string): void {
  if (isReading(request.method)) return;
  const header = request.headers['x-csrf-token'];
  const sent = typeof header === 'string' ? header : formToken(request);
  if (sent === undefined || !isSameSecret(sent, expected))
    throw new FirebreakError(
      'forbidden',
      'this was not sent by a page of this login: load the page again, and try once more',
    );
}

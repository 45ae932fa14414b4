import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../core/errors.js';
import { wantsPage } from '../../http/problem-page.js';
import { callerOf } from '../caller.js';
import { may } from '../may.js';
import { ownPath } from './own-path.js';
import { SESSION_COOKIE, takeCookie } from './session-cookie.js';

/**
 * Sends a person who opens a page without being logged in to the login, and one who has no role at all to the page that
 * says whom to ask for one. What runs in a page and only fetches something is told the error itself.
 *
 * @returns whether the request has been answered
 */
export function sentElsewhere(request: FastifyRequest, reply: FastifyReply, code: ErrorCode): boolean {
  const mode = request.headers['sec-fetch-mode'];
  if (request.method !== 'GET' || !wantsPage(request) || (mode !== undefined && mode !== 'navigate')) return false;
  const to = elsewhere(request, code);
  if (to === undefined) return false;
  if (code === 'unauthenticated' && request.cookies[SESSION_COOKIE] !== undefined) takeCookie(reply, SESSION_COOKIE);
  void reply.header('cache-control', 'no-store').redirect(to, 303);
  return true;
}

function elsewhere(request: FastifyRequest, code: ErrorCode): string | undefined {
  if (code === 'unauthenticated') {
    const next = ownPath(request.url);
    return next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`;
  }
  const caller = callerOf(request);
  const isLost = code === 'forbidden' && caller !== undefined && !may(caller.person, 'read');
  return isLost ? '/account' : undefined;
}

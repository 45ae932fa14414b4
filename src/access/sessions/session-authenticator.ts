import type { FastifyRequest } from 'fastify';
import { FirebreakError } from '../../core/errors.js';
import type { Authenticator, Shown } from '../authenticator.js';
import type { Identity } from '../identity.js';
import { cookieOf, SESSION_COOKIE } from './session-cookie.js';
import type { Session, Sessions } from './sessions.js';

/** Gives the identity of a session as it counts today, or undefined when nobody vouches for it any more. */
export type StillVouched = (session: Session) => Identity | undefined;

/** Knows people who have logged in by the cookie of their session; the same id anywhere else is nothing. */
export class SessionAuthenticator implements Authenticator {
  constructor(
    private readonly sessions: Sessions,
    private readonly stillVouched: StillVouched,
  ) {}

  /** Takes the cookie; one whose session has ended is refused. */
  async look(request: FastifyRequest): Promise<Shown> {
    if (request.cookies[SESSION_COOKIE] === undefined) return { is: 'nothing' };
    const id = cookieOf(request, SESSION_COOKIE);
    const session = id === undefined ? undefined : await this.sessions.find(id);
    const identity = session && this.stillVouched(session);
    if (session === undefined || identity === undefined)
      return { is: 'refused', error: new FirebreakError('unauthenticated', 'this login has ended: log in again') };
    return { is: 'somebody', identity, via: 'session', csrf: session.csrf };
  }
}

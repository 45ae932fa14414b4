import type { FastifyReply, FastifyRequest } from 'fastify';
import type {} from '@fastify/cookie';

/** The cookie of a login; browsers take one of this name only over https, or from this machine, and only for this very host. */
export const SESSION_COOKIE = '__Host-firebreak';

/** The cookie that binds a login that is under way, or a logout, to the browser in which it began. */
export const PASSAGE_COOKIE = '__Host-firebreak-passage';

type CookieName = typeof SESSION_COOKIE | typeof PASSAGE_COOKIE;

// not Strict: whoever follows a link from a chat, or comes back from the identity provider, is logged in
const MANNERS = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

const OURS = /^[\w-]{43}$/;

/** Gives what a browser has in a cookie, if it can be of our making. */
export function cookieOf({ cookies }: Pick<FastifyRequest, 'cookies'>, name: CookieName): string | undefined {
  const value = cookies[name];
  return value !== undefined && OURS.test(value) ? value : undefined;
}

/** Gives a browser a cookie, which it forgets after `ms` milliseconds. */
export function giveCookie(reply: FastifyReply, name: CookieName, value: string, ms: number): void {
  void reply.setCookie(name, value, { ...MANNERS, maxAge: Math.floor(ms / 1000) });
}

/** Takes a cookie back. */
export function takeCookie(reply: FastifyReply, name: CookieName): void {
  void reply.clearCookie(name, MANNERS);
}

const MOST = 500;

const NOWHERE = 'http://own.invalid';

/** Where somebody who has just logged in would only be asked again, or be logged out. */
const LOGIN = /^\/(?:login|logout|logged-out)(?:\/|$)/;

/**
 * Gives where somebody wants to be after the login, if that is an address of our own, and the first page otherwise: a link
 * to our login must not lead on to somebody else's.
 *
 * @param wanted what stands in the link: a path with its query
 */
export function ownPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > MOST) return '/';
  if (!wanted.startsWith('/') || !URL.canParse(wanted, NOWHERE)) return '/';
  // read as browsers do, which take a backslash for a slash, and leave out tabs and line ends
  const { origin, pathname, search } = new URL(wanted, NOWHERE);
  if (origin !== NOWHERE || pathname.startsWith('//') || LOGIN.test(pathname)) return '/';
  return pathname + search;
}

import { z } from 'zod';
import { duration } from '../../catalog/schema-fields.js';
import { isLoopback } from '../../http/same-origin.js';

/** It is remembered for thirty days by which groups somebody was seen, and a login must not outlive that. */
const MONTH_MS = 30 * 86_400_000;

/** `access.sessions`: how long a login lasts without a click, and at most. */
export const sessionsSchema = z
  .strictObject({ idle: duration(60_000).prefault('8h'), most: duration(60_000, MONTH_MS).prefault('24h') })
  .prefault({});

/**
 * Says what keeps people from logging in: browsers keep the cookie of a login only for an address that nobody on the way can
 * read, which is https, or this machine.
 *
 * @param publicUrl under which browsers know this service
 */
export function loginProblem(
  { oidc, local }: { readonly oidc?: object | undefined; readonly local: readonly object[] },
  publicUrl: string,
): string | undefined {
  const { protocol, hostname } = new URL(publicUrl);
  if ((oidc === undefined && local.length === 0) || protocol === 'https:' || isLoopback(hostname)) return undefined;
  const ways = [oidc === undefined ? [] : 'access.oidc', local.length === 0 ? [] : 'access.local'].flat().join(' and ');
  return `${ways} ${ways.includes(' and ') ? 'need' : 'needs'} FIREBREAK_PUBLIC_URL to be an https address, or one of this machine such as http://localhost:9700: browsers would not keep the login otherwise, and it is ${publicUrl}`;
}

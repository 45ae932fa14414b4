import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { JwtSettings } from '../../config/access/jwt.js';
import type { Identity } from '../identity.js';
import { everywhere } from '../role-grant.js';
import { verifiedEmail } from '../verified-email.js';

const NAME = /^\P{C}{1,200}$/u;
const MOST = 500;

const several = z.union([z.string().transform((one) => [one]), z.array(z.string()).max(MOST)]).catch([]);
const one = z.string().catch('');

/** Gives the account that a checked token is, or undefined when it names none. */
export function identityIn(
  payload: JWTPayload,
  { claims, roles, trustEmail }: Pick<JwtSettings, 'claims' | 'roles' | 'trustEmail'>,
): Identity | undefined {
  const read = (claim: string): unknown => (Object.hasOwn(payload, claim) ? payload[claim] : undefined);
  const name = one.parse(read(claims.name));
  if (!NAME.test(name)) return undefined;
  const given = several.parse(read(claims.role)).filter((role) => Object.hasOwn(roles, role));
  const isVerified = trustEmail || read('email_verified') === true;
  const account = `jwt:${name}`;
  return {
    account,
    // an account's own words about itself name nobody
    name: account,
    ...(isVerified ? verifiedEmail(one.parse(read(claims.email))) : {}),
    groups: several.parse(read(claims.groups)),
    grants: everywhere(given.flatMap((role) => roles[role] ?? [])),
  };
}

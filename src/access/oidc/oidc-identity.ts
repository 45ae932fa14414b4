import { z } from 'zod';
import type { Identity } from '../identity.js';
import { verifiedEmail } from '../verified-email.js';

/** What an identity provider says of somebody: claims of the ID token, or of the userinfo. */
export type Claims = Readonly<Record<string, unknown>>;

/** The kind of all accounts for which an identity provider vouches. */
export const OIDC_ACCOUNT = 'oidc:';

const text = z.string().trim().min(1).max(200);
const group = z.string().min(1).max(200);

/** More groups than this are not looked at. */
const MOST_GROUPS = 1_000;

/**
 * Makes of what the identity provider says the identity that it vouches for. The e-mail address counts only when the
 * provider has checked it; other names are what people can often choose themselves, and give no rights (see `People.of`).
 *
 * @param claims with the subject
 * @param groupsClaim name of the claim that holds the groups, as a list or as one text
 */
export function oidcIdentity(claims: Claims & { readonly sub: string }, groupsClaim: string): Identity {
  const { sub } = claims;
  const shown = [claims['name'], claims['preferred_username']].map((one) => text.safeParse(one).data).find(Boolean);
  const email = claims['email_verified'] === true ? text.safeParse(claims['email']).data : undefined;
  const said = claims[groupsClaim];
  const groups = (Array.isArray(said) ? said : [said]).slice(0, MOST_GROUPS);
  return {
    account: OIDC_ACCOUNT + sub,
    name: shown ?? OIDC_ACCOUNT + sub,
    ...(email === undefined ? {} : verifiedEmail(email)),
    groups: groups.flatMap((one) => group.safeParse(one).data ?? []),
    grants: [],
  };
}

import { z } from 'zod';
import { isLoopback } from '../../http/same-origin.js';

/** `access.oidc`: an identity provider where people log in. */
export const oidcSchema = z.strictObject({
  /** Who logs in over plain http can be impersonated by anybody on the way: only a provider on this machine may. */
  issuer: z.url({ protocol: /^https?$/, error: 'must be an https address' }).refine(isSafe, {
    error:
      'must be an https address; http is possible only for a provider on this machine, such as http://localhost:8080',
  }),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scopes: z.array(z.string().min(1)).default(['openid', 'profile', 'email']),
  /** What the button on the login page says. */
  title: z.string().min(1).max(60).default('Log in'),
  groupsClaim: z.string().min(1).default('groups'),
});

function isSafe(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || isLoopback(hostname);
}

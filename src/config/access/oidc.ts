import { z } from 'zod';

/** `access.oidc`: an identity provider where people log in. */
export const oidcSchema = z.strictObject({
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scopes: z.array(z.string().min(1)).default(['openid', 'profile', 'email']),
  /** What the button on the login page says. */
  title: z.string().min(1).max(60).default('Log in'),
  groupsClaim: z.string().min(1).default('groups'),
});

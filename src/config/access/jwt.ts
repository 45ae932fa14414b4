import { z } from 'zod';
import { roleName } from '../../access/role-name.js';
import { keysUrl } from './address.js';
import { headerName } from './header-name.js';

/** Whoever can check one of these cannot also make one. */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const claim = z.string().min(1).max(100);
const text = z.string().min(1).max(500);

/** `access.jwt`: signed tokens in a header, such as Grafana's X-Grafana-Id, checked with keys that their issuer publishes. */
export const jwtSchema = z.strictObject({
  header: headerName.prefault('x-grafana-id'),
  issuer: text,
  audience: z.union([text.transform((one) => [one]), z.array(text).min(1)]),
  jwksUrl: keysUrl,
  algorithms: z.array(z.enum(ASYMMETRIC)).min(1).default(['ES256', 'RS256', 'EdDSA']),
  /** In which claims stands what; `name` must be the same for the same account for ever. */
  claims: z
    .strictObject({
      name: claim.default('sub'),
      email: claim.default('email'),
      groups: claim.default('groups'),
      role: claim.default('role'),
    })
    .prefault({}),
  /** Which value of the claim `role` gives which roles here; others give none. */
  roles: z.record(z.string().min(1), z.array(roleName)).default({}),
  /** Whether an address counts that the token does not call verified. */
  trustEmail: z.boolean().default(false),
});

/** `access.jwt` as read. */
export type JwtSettings = z.output<typeof jwtSchema>;

import { z } from 'zod';
import { isPasswordHash } from '../../access/local/password.js';
import { roleName } from '../../access/role-name.js';
import { shortName } from '../../catalog/schema-fields.js';

/** `access.local`: accounts for when everything else that knows people is away. */
export const localSchema = z
  .array(
    z.strictObject({
      name: shortName,
      /** What `firebreak password` prints. */
      password: z.string().refine(isPasswordHash, 'must be what "firebreak password" prints'),
      roles: z.array(roleName).min(1),
    }),
  )
  .refine((accounts) => new Set(accounts.map(({ name }) => name)).size === accounts.length, {
    error: 'has two accounts of one name',
  })
  .default([]);

import { z } from 'zod';
import { roleName } from '../../access/role-name.js';
import { shortName } from '../../catalog/schema-fields.js';

/** `access.local`: accounts for when everything else that knows people is away. */
export const localSchema = z
  .array(
    z.strictObject({
      name: shortName,
      /** What `firebreak password` prints. */
      password: z.string().regex(/^scrypt\$/, 'must be what "firebreak password" prints'),
      roles: z.array(roleName).min(1),
    }),
  )
  .default([]);

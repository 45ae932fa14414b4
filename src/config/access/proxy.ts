import { z } from 'zod';
import { shortName } from '../../catalog/schema-fields.js';

const header = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/i, 'must be the name of a header')
  .transform((name) => name.toLowerCase());

/** `access.proxy`: proxies in front that say who somebody is; nobody else is believed. */
export const proxySchema = z.strictObject({
  /** Addresses or networks of the proxies, such as 10.0.0.0/8. */
  addresses: z.array(z.string().min(1)).min(1),
  user: header.optional(),
  email: header.optional(),
  groups: header.optional(),
  /** The header with the subject of a client certificate that the proxy has checked, and which subject is which token's name. */
  certificate: z.strictObject({ header, subjects: z.record(z.string().min(1), shortName) }).optional(),
});

import { z } from 'zod';

/** An `Identity` as it is kept in the store. */
export const identitySchema = z.object({
  account: z.string(),
  name: z.string(),
  email: z.string().exactOptional(),
  groups: z.array(z.string()),
  grants: z.array(z.object({ role: z.string(), runbooks: z.array(z.string()), targets: z.array(z.string()) })),
});

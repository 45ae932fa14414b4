import { z } from 'zod';
import { roleName } from '../../access/role-name.js';
import { shortName } from '../../catalog/schema-fields.js';

/** `<kind>:<name>`, as the audit writes it. */
export const account = z
  .string()
  .max(300)
  .regex(
    /^(?:token|oidc|grafana|proxy|jwt|local|certificate|slack):\P{C}+$/u,
    'must be an account such as oidc:<subject> or grafana:<login>',
  );

/** `access.people`: which accounts are one person, so that nobody counts twice. */
export const peopleSchema = z
  .array(z.strictObject({ name: shortName, accounts: z.array(account).min(1), roles: z.array(roleName).default([]) }))
  .default([]);

const globs = z.array(z.string().min(1).max(200)).min(1).default(['*']);

/** `access.grants`: roles for groups and people, everywhere or on some runbooks and targets only. */
export const grantsSchema = z
  .array(
    z
      .strictObject({
        roles: z.array(roleName).min(1),
        groups: z.array(z.string().min(1).max(200)).default([]),
        people: z.array(shortName).default([]),
        runbooks: globs,
        targets: globs,
      })
      .refine(({ groups, people }) => groups.length + people.length > 0, { error: 'needs groups or people' }),
  )
  .default([]);

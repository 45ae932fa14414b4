import { z } from 'zod';
import { secret } from '../../src/plugin-sdk/index.js';
import { httpUrl } from './http.js';

const SEGMENT = '[A-Za-z0-9][A-Za-z0-9._-]*';

/** A key below a prefix: segments of letters, digits and `. _ -` that begin with a letter or digit. */
export const etcdKey = z
  .string()
  .max(256)
  .regex(
    new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`),
    'write a key such as orders/active: letters, digits and . _ - between /',
  );

const prefix = z
  .string()
  .max(256)
  .regex(new RegExp(`^/?(?:${SEGMENT}/)+$`), 'write a prefix that ends with /, such as /services/');

const fields = {
  /** Client addresses of the members. */
  endpoints: z.array(httpUrl).min(1).max(16),
  username: z.string().min(1).optional(),
  password: secret().optional(),
  /** Keys of steps are below it. */
  prefix,
  /** Where Firebreak keeps that it was the last to write a key; outside of what consumers read. */
  marks: prefix.default('/firebreak/marks/'),
};

/**
 * Makes the schema of one etcd cluster in a plugin's configuration.
 *
 * @param more what this plugin wants to know of it besides
 */
export function etcdClusterSchema<More extends z.ZodRawShape>(more: More) {
  return z.strictObject({ ...more, ...fields }).superRefine((one, context) => {
    const { success, data } = known.safeParse(one);
    if (!success) return; // said already
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((data.username === undefined) !== (data.password === undefined))
      refuse('password', 'username and password go together');
    if (data.marks.startsWith(data.prefix) || data.prefix.startsWith(data.marks))
      refuse('marks', 'must be apart from prefix');
  });
}

const known = z.object(fields);

/** One cluster as far as every plugin knows it. */
export type EtcdClusterConfig = z.infer<typeof known>;

/** The names under which clusters are configured, and by which steps call them. */
export const clusterName = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

import { z } from 'zod';
import { httpUrl } from '../../clients/http.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

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

const cluster = z
  .strictObject({
    /** Client addresses of the members. */
    endpoints: z.array(httpUrl).min(1).max(16),
    username: z.string().min(1).optional(),
    password: secret().optional(),
    /** Keys of steps are below it. */
    prefix,
    /** Where Firebreak keeps that it was the last to write a key; outside of what consumers read. */
    marks: prefix.default('/firebreak/marks/'),
    /** Those that steps may change, without the prefix; left out, all below it. */
    keys: z.array(etcdKey).min(1).optional(),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    path: ['password'],
    message: 'username and password go together',
  })
  .refine((one) => !one.marks.startsWith(one.prefix) && !one.prefix.startsWith(one.marks), {
    path: ['marks'],
    message: 'must be apart from prefix',
  });

const section = z.strictObject({
  clusters: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), cluster)
    .refine((clusters) => Object.keys(clusters).length > 0, 'name at least one cluster'),
  timeout: timeoutSchema('2s'),
});

/** The part of the plugin's configuration that names etcd clusters. */
export const etcdFields = { etcd: section.optional() };

const fields = z.strictObject(etcdFields);

/** That part as parsed. */
export type EtcdFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type EtcdConfig = z.infer<typeof section>;

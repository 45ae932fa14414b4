import { z } from 'zod';
import { redisServerFields } from '../../clients/redis-server.js';
import { timeoutSchema } from '../../clients/timeout.js';

/** What a bucket may be called; not as the key in which the client keeps what is left of another one. */
export const bucketName = z
  .string()
  .max(128)
  .regex(
    /^(?!.*:left$)[A-Za-z0-9][A-Za-z0-9._:/-]*$/,
    'write a name of letters, digits and . _ : / - that begins with a letter or digit and does not end with :left',
  );

const server = z.strictObject({
  ...redisServerFields,
  db: z.int().min(0).max(1_023).default(0),
  /** What the keys of limits begin with; the rest is the name of the bucket. */
  prefix: z
    .string()
    .max(256)
    .regex(/^[\x21-\x7e]+$/, 'write printable characters without spaces'),
  /** Those that steps may limit, also when Redis has no limit for them yet; left out, all that have one. */
  buckets: z.array(bucketName).min(1).optional(),
});

const section = z.strictObject({
  servers: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), server)
    .refine((servers) => Object.keys(servers).length > 0, 'name at least one server'),
  /** For connecting, and for each command. */
  timeout: timeoutSchema('1s'),
});

/** The part of the plugin's configuration that names Redis servers with limits in them. */
export const redisBucketFields = { redisBucket: section.optional() };

const fields = z.strictObject(redisBucketFields);

/** That part as parsed. */
export type RedisBucketFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type RedisBucketConfig = z.infer<typeof section>;

/** One server as configured. */
export type BucketServer = z.infer<typeof server>;

import { z } from 'zod';
import { redisServerFields } from '../../clients/redis-server.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { differs, ON_IS_OFF, switchFields } from '../stored-switch.js';

const keyText = z
  .string()
  .max(256)
  .regex(/^[\x21-\x7e]+$/, 'write printable characters without spaces');

/** A feature as part of a key, or as a field of a hash. */
export const featureName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/,
    'write a name of letters, digits and . _ : / - that begins with a letter or digit',
  );

const server = z
  .strictObject({
    ...redisServerFields,
    db: z.int().min(0).max(1_023).default(0),
    /** What the keys of features begin with: one key for each feature. */
    prefix: keyText.optional(),
    /** Together with `prefix`: each of these keys is a hash, and the switch this field of it. */
    hashField: keyText.optional(),
    /** The one hash that has a field for each feature. */
    hash: keyText.optional(),
    ...switchFields,
    /** Those that steps may switch, also when Redis has nothing for them yet; left out, all that are there. */
    features: z.array(featureName).min(1).optional(),
  })
  .refine(({ prefix, hash }) => (prefix === undefined) !== (hash === undefined), {
    path: ['prefix'],
    message: 'give either prefix, for a key for each feature, or hash, for a field for each feature',
  })
  .refine(({ hashField, hash }) => hashField === undefined || hash === undefined, {
    path: ['hashField'],
    message: 'goes with prefix: in a hash of all features, each one is a field already',
  })
  .refine(differs, ON_IS_OFF);

const section = z.strictObject({
  servers: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), server)
    .refine((servers) => Object.keys(servers).length > 0, 'name at least one server'),
  /** For connecting, and for each command. */
  timeout: timeoutSchema('1s'),
});

/** The part of the plugin's configuration that names Redis servers. */
export const redisFields = { redis: section.optional() };

const fields = z.strictObject(redisFields);

/** That part as parsed. */
export type RedisFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type RedisConfig = z.infer<typeof section>;

/** One server as configured. */
export type RedisServerConfig = z.infer<typeof server>;

import { z } from 'zod';
import { httpUrl } from './http.js';
import { timeoutSchema } from './timeout.js';

const file = z
  .string()
  .regex(
    /^\/[^\0]{1,1000}\.(ya?ml|json)$/,
    'write an absolute path that ends in .yaml, .yml or .json, as Envoy tells them apart',
  );

/** The part of the plugin's configuration that names files which Envoy watches. */
export const envoyFileFields = {
  envoyFile: z
    .strictObject({
      /** The files that steps may name; nothing else can be read or written. */
      files: z
        .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), file)
        .refine((files) => Object.keys(files).length > 0, {
          message: 'name at least one file',
        }),
      /** Program and arguments that must pass each new file, whose path is added as the last argument; no shell. */
      check: z.array(z.string().min(1).max(1000)).min(1).max(32).optional(),
      /** Envoy's admin interface, which is asked whether it took what was written. */
      admin: httpUrl.optional(),
      /** For the check, and for each question to the admin interface. */
      timeout: timeoutSchema('5s'),
      /** How long Envoy may take to take over a new file, before that counts as refused. */
      takes: timeoutSchema('5s'),
    })
    .optional(),
};

const fields = z.strictObject(envoyFileFields);

/** That part as parsed; times are in milliseconds. */
export type EnvoyFileConfig = z.infer<typeof fields>;

/** Its section. */
export type EnvoySection = NonNullable<EnvoyFileConfig['envoyFile']>;

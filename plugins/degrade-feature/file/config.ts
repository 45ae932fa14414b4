import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';

/** A flag as steps may name it: only ever looked for among the names in a file. */
export const flagName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/,
    'write a name of letters, digits and . _ : / - that begins with a letter or digit',
  );

const path = z
  .string()
  .max(1000)
  .regex(/^[^\0]+\.(ya?ml|json)$/, 'write a path that ends in .yaml, .yml or .json, as flagd tells them apart')
  .refine((text) => isAbsolute(text) && normalize(text) === text, 'write an absolute path without . and ..');

const file = z.strictObject({
  path,
  /** Those that steps may change; left out, all that stand in the file. */
  features: z.array(flagName).min(1).max(1000).optional(),
});

const section = z.strictObject({
  /** The files that steps may name; nothing else can be read or written. */
  files: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), file)
    .refine((files) => Object.keys(files).length > 0, 'name at least one file')
    .refine((files) => {
      const paths = Object.values(files).map((one) => one.path);
      return new Set(paths).size === paths.length;
    }, 'name each path once'),
});

/** The part of the plugin's configuration that names flag files. */
export const fileFields = { file: section.optional() };

const fields = z.strictObject(fileFields);

/** That part as parsed. */
export type FileFields = z.infer<typeof fields>;

/** What the part says, if it is there. */
export type FileConfig = z.infer<typeof section>;

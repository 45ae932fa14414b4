import { z } from 'zod';
import { configuredName, NOT_LISTED } from '../switch-params.js';
import { flagName, type FileConfig } from './config.js';

/**
 * Makes the schema of the parameters of `degrade-feature/file`.
 *
 * @param config decides which files a step may name, and which features there
 */
export function paramsSchema(config: FileConfig | undefined) {
  return z
    .strictObject({
      file: configuredName(config?.files, 'no flag file is configured: name files under file of the plugin'),
      feature: flagName,
      enabled: z.boolean().optional(),
      variant: flagName.optional(),
    })
    .refine(({ enabled, variant }) => enabled === undefined || variant === undefined, {
      path: ['variant'],
      message: 'does not go together with enabled: one step changes one of the two',
    })
    .refine(({ file, feature }) => config?.files[file]?.features?.includes(feature) ?? true, NOT_LISTED);
}

/** Parameters of `degrade-feature/file`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** What of a flag a step changes. */
export type Attribute = 'state' | 'defaultVariant';

/** Says which attribute the parameters change, and to what: without any, the flag is disabled. */
export function goalOf({ enabled, variant }: Params): { readonly attribute: Attribute; readonly to: string } {
  if (variant !== undefined) return { attribute: 'defaultVariant', to: variant };
  return { attribute: 'state', to: enabled === true ? 'ENABLED' : 'DISABLED' };
}

/** The flag as it was. */
export const beforeSchema = z.strictObject({
  value: z.string().min(1).max(1000),
  /** How the value is written in the file, quotes included. */
  written: z.string().min(1).max(1010),
  /** Hash of everything else in the flag. */
  rest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

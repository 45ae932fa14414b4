import { z } from 'zod';

/**
 * Makes the schema of the parameter that names one of the configured systems of a kind.
 *
 * @param configured those of the configuration; undefined when its section is missing
 * @param missing what to say when it is
 */
export function configuredName(
  configured: Readonly<Record<string, unknown>> | undefined,
  missing: string,
): z.ZodType<string> {
  return configured === undefined ? z.string().refine(() => false, missing) : z.enum(Object.keys(configured));
}

/** What is wrong with a feature that the configuration leaves out. */
export const NOT_LISTED = { path: ['feature'], message: "is none that the plugin's configuration lists here" };

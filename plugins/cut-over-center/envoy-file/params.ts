import { z } from 'zod';
import type { EnvoyFileConfig } from '../../clients/envoy-file-config.js';

const MAX_WEIGHT = 1_000_000;
// Only ever compared with the names in a file: Istio's and Consul's have "|" and "/" in them.
const name = z.string().regex(/^[\x21-\x7e]{1,256}$/, 'must be one word of printable ASCII characters');
const weights = z
  .record(name, z.int().min(0).max(MAX_WEIGHT))
  .refine((all) => Object.keys(all).length >= 1 && Object.keys(all).length <= 64, 'name 1 to 64 weights');

/**
 * Makes the schema of the parameters of `cut-over-center/envoy-file`.
 *
 * @param config decides which files a step may name
 */
export function paramsSchema({ envoyFile }: EnvoyFileConfig) {
  return z.strictObject({ file: z.enum(Object.keys(envoyFile?.files ?? {})), resource: name, weights });
}

/** Parameters of `cut-over-center/envoy-file`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** All weights of the resource as they were, and the hash of everything else in the file. */
export const beforeSchema = z.strictObject({
  weights: z.record(name, z.int().min(0)),
  rest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

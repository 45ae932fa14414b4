import { z } from 'zod';
import type { EnvoyFileConfig } from '../../clients/envoy-file-config.js';
import { limitFields } from '../fields.js';

// Only ever compared with the names in a file: Istio's and Consul's have "|" and "/" in them.
const name = z.string().regex(/^[\x21-\x7e]{1,256}$/, 'must be one word of printable ASCII characters');

/**
 * Makes the schema of the parameters of `throttle/envoy-file`.
 *
 * @param config decides which files a step may name
 */
export function paramsSchema({ envoyFile }: EnvoyFileConfig) {
  // `full` is no parameter: what is limited has always a number.
  const { full: _full, ...fields } = limitFields;
  return z.strictObject({
    file: z.enum(Object.keys(envoyFile?.files ?? {})),
    /** What is limited: a cluster's threshold of priority DEFAULT, or a value that Envoy's runtime gives to its filters. */
    of: z.union([
      z.strictObject({ cluster: name, threshold: z.enum(['max_connections', 'max_pending_requests', 'max_requests']) }),
      z.strictObject({ layer: name, key: name }),
    ]),
    ...fields,
  });
}

/** Parameters of `throttle/envoy-file`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

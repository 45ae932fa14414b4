import { z } from 'zod';
import { HAPROXY_NAME } from '../../clients/haproxy-runtime.js';
import { endpointField, hasEndpoint, type HaproxyConfig } from '../../clients/haproxy-endpoints.js';

const word = z.string().regex(HAPROXY_NAME, 'must be one word of letters, digits and _ . : -');

/**
 * Makes the schema of the parameters of `cut-over-center/haproxy-map`.
 *
 * @param config decides which endpoints and maps a step may name
 */
export function paramsSchema(config: Pick<HaproxyConfig, 'endpoint' | 'endpoints' | 'maps'>) {
  return z
    .strictObject({
      endpoint: endpointField(config),
      map: z.enum(Object.keys(config.maps)),
      key: word,
      value: word.nullable(),
    })
    .refine(...hasEndpoint(config));
}

/** Parameters of `cut-over-center/haproxy-map`; a value of null means that the key is not to be there. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** The entry exactly as it was; null when it was not there. */
export const beforeSchema = z.strictObject({ value: word.nullable() });

import { z } from 'zod';
import { endpointField, hasEndpoint, type HaproxyConfig } from '../../clients/haproxy-endpoints.js';
import { HAPROXY_NAME } from '../../clients/haproxy-runtime.js';
import { fullIsMore, limitFields } from '../fields.js';

const name = z.string().regex(HAPROXY_NAME, 'must be one name of letters, digits and _ . : -');

/**
 * Makes the schema of the parameters of `throttle/haproxy`.
 *
 * @param config decides which endpoints and maps a step may name
 */
export function paramsSchema(config: Pick<HaproxyConfig, 'endpoint' | 'endpoints' | 'maps'>) {
  return z
    .strictObject({
      endpoint: endpointField(config),
      /** What is limited: connections of a server or frontend, or what the entry of a map stands for. */
      of: z.union([
        z.strictObject({ backend: name, server: name }),
        z.strictObject({ frontend: name }),
        z.strictObject({ map: z.enum(Object.keys(config.maps)), key: name }),
      ]),
      ...limitFields,
    })
    .refine(...hasEndpoint(config))
    .refine(...fullIsMore);
}

/** Parameters of `throttle/haproxy`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

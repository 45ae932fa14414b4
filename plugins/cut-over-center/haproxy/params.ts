import { z } from 'zod';
import { HAPROXY_NAME } from '../../clients/haproxy-runtime.js';
import { ADMIN_STATES } from '../../clients/haproxy-server.js';
import { endpointField, hasEndpoint, type EndpointsConfig } from '../../clients/haproxy-endpoints.js';

const name = z.string().regex(HAPROXY_NAME, 'must be one name of letters, digits and _ . : -');
const state = z.enum(ADMIN_STATES);
const weight = z.int().min(0).max(256);

const wish = z
  .strictObject({ server: name, state: state.optional(), weight: weight.optional() })
  .refine((one) => one.state !== undefined || one.weight !== undefined, 'say a state, a weight or both');

/**
 * Makes the schema of the parameters of `cut-over-center/haproxy`.
 *
 * @param config decides which endpoints a step may name, and whether it must
 */
export function paramsSchema(config: EndpointsConfig) {
  return z
    .strictObject({
      endpoint: endpointField(config),
      backend: name,
      servers: z
        .array(wish)
        .min(1)
        .max(64)
        .refine((wishes) => new Set(wishes.map((one) => one.server)).size === wishes.length, 'names a server twice'),
    })
    .refine(...hasEndpoint(config));
}

/** Parameters of `cut-over-center/haproxy`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** What is wanted of one server. */
export type Wish = Params['servers'][number];

/** The servers a step touches, exactly as they were. */
export const beforeSchema = z.strictObject({
  servers: z.array(z.strictObject({ server: name, state, weight })),
});

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

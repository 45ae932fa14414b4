import { z } from 'zod';
import { ADMIN_STATES } from '../../clients/haproxy-server.js';
import { HAPROXY_NAME } from '../../clients/haproxy-runtime.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { endpointField, hasEndpoint, type EndpointsConfig } from '../../clients/haproxy-endpoints.js';

const name = z.string().regex(HAPROXY_NAME, 'must be one name of letters, digits and _ . : -');
const HOUR_MS = 3_600_000;

/**
 * Makes the schema of the parameters of `cut-over-center/haproxy-drain`.
 *
 * @param config decides which endpoints a step may name, and whether it must
 */
export function paramsSchema(config: EndpointsConfig) {
  return z
    .strictObject({
      endpoint: endpointField(config),
      backend: name,
      server: name,
      /** How long the server may go on with what it has; HAProxy counts in seconds. */
      within: timeoutSchema('30s').refine((ms) => ms >= 1000 && ms <= HOUR_MS, 'must be 1s to 1h'),
      /** What becomes of sessions that are open then. */
      atLimit: z.enum(['refuse', 'cut']).default('refuse'),
    })
    .refine(...hasEndpoint(config));
}

/** Parameters of `cut-over-center/haproxy-drain`; `within` is in milliseconds. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** The server's state as it was. */
export const beforeSchema = z.strictObject({ state: z.enum(ADMIN_STATES) });

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

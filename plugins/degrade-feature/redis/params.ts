import { z } from 'zod';
import { configuredName, NOT_LISTED } from '../switch-params.js';
import { featureName, type RedisConfig } from './config.js';

/**
 * Makes the schema of the parameters of `degrade-feature/redis`.
 *
 * @param config decides which servers a step may name, and which features there
 */
export function paramsSchema(config: RedisConfig | undefined) {
  const missing = 'no Redis is configured: name servers under redis of the plugin';
  return z
    .strictObject({
      server: configuredName(config?.servers, missing),
      feature: featureName,
      enabled: z.boolean().default(false),
    })
    .refine(({ server, feature }) => config?.servers[server]?.features?.includes(feature) ?? true, NOT_LISTED);
}

/** Parameters of `degrade-feature/redis`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

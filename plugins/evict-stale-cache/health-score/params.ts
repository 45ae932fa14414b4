import { z } from 'zod';
import type { HealthScoreConfig } from './config.js';
import { WINDOWS } from './score.js';

/**
 * Makes the schema of the parameters of `evict-stale-cache/health-score`.
 *
 * @param config decides which caches may be named
 */
export function paramsSchema(config: HealthScoreConfig | undefined) {
  return z.strictObject({
    cache: cacheSchema(config),
    // Who reads "healthy" goes on as if all were well, and a cache that is only read is not.
    readOnly: z.enum(['healthy', 'unhealthy']).default('unhealthy'),
    atLeast: z.int().min(1).max(WINDOWS).default(4),
  });
}

function cacheSchema(config: HealthScoreConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.caches));
  return z.string().refine(() => false, 'no cache is configured: name caches under healthScore of the plugin');
}

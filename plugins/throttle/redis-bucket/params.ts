import { z } from 'zod';
import { fullIsMore, limitFields } from '../fields.js';
import { bucketName, type RedisBucketConfig } from './config.js';

/**
 * Makes the schema of the parameters of `throttle/redis-bucket`.
 *
 * @param config decides which servers a step may name, and which buckets there
 */
export function paramsSchema(config: RedisBucketConfig | undefined) {
  return z
    .strictObject({
      server: serverSchema(config),
      bucket: bucketName,
      ...limitFields,
    })
    .refine(({ server, bucket }) => config?.servers[server]?.buckets?.includes(bucket) ?? true, {
      path: ['bucket'],
      message: "is none that the plugin's configuration lists for this server",
    })
    .refine(...fullIsMore);
}

function serverSchema(config: RedisBucketConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.servers));
  return z.string().refine(() => false, 'no Redis is configured: name servers under redisBucket of the plugin');
}

/** Parameters of `throttle/redis-bucket`; `limit` and `full` are tokens per second. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

import { throttleVerbs } from '../verbs.js';
import type { RedisBucketKit, RedisBucketSystem } from './kit.js';
import { limitOf } from './limit-of.js';
import { paramsSchema, type Params } from './params.js';

/** The throttle of buckets in Redis, by name. */
export function redisBucketActions({ action, config }: RedisBucketKit) {
  const verbs = throttleVerbs<RedisBucketSystem, Params>(({ client, params }) =>
    limitOf(client.redisBucket.get(params.server), params),
  );
  return {
    'redis-bucket': action({
      summary: 'Throttle what applications let through: the rate of a token bucket that they share in Redis',
      params: paramsSchema(config.redisBucket),
      risk: 'medium',
      idempotency: 'conditional',
      ...verbs,
    }),
  };
}

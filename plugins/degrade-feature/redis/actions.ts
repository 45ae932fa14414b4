import { redisAction } from './action.js';
import type { RedisKit } from './kit.js';

/** The actions on features in Redis, by name. */
export function redisActions(kit: RedisKit) {
  return { redis: redisAction(kit) };
}

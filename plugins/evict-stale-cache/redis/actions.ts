import { redisAction } from './action.js';
import type { RedisKit } from './kit.js';

/** The actions on Redis, by name. */
export function redisActions(kit: RedisKit) {
  return { redis: redisAction(kit) };
}

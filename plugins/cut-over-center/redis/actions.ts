import { catchUpAction } from './catch-up.js';
import { fenceAction } from './fence.js';
import type { RedisKit } from './kit.js';
import { lagProbe } from './lag.js';
import { promoteAction } from './promote.js';
import { rejoinAction } from './rejoin.js';

/** The actions on Redis, by name. */
export function redisActions(kit: RedisKit) {
  return {
    'redis-fence': fenceAction(kit),
    'redis-catch-up': catchUpAction(kit),
    'redis-promote': promoteAction(kit),
    'redis-rejoin': rejoinAction(kit),
  };
}

/** The probes of Redis, by name. */
export function redisProbes(kit: RedisKit) {
  return { 'redis-lag': lagProbe(kit) };
}

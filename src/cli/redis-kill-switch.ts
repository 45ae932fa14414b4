import { hostname, userInfo } from 'node:os';
import type { RedisSettings } from '../config/redis-settings.js';
import { sayDuration } from '../core/duration.js';
import type { Pause } from '../core/pause.js';
import { newId } from '../intake/new-id.js';
import type { KillSwitch } from './kill-switch.js';
import { unknownScope } from './known-scope.js';
import { reachRedis } from './reach-redis.js';

/** A worker is heard of every five seconds. */
const SILENT_MS = 30_000;
const OTHERWISE = 'or go through a service that runs: --via http, with FIREBREAK_URL and FIREBREAK_TOKEN';

/**
 * Reaches the kill switch where it is kept: needs no service, no HTTP and no login. Starts nothing.
 *
 * @throws Stopped when Redis cannot be reached, with what to do
 */
export async function redisKillSwitch(settings: RedisSettings): Promise<KillSwitch> {
  const { where, redis, store } = await reachRedis(settings, OTHERWISE);
  const from = `firebreak pause on ${hostname()} by ${account()}`;
  return {
    where,
    now: () => store.now(),
    inForce: () => store.pauses(),
    pull: async (order) => {
      const at = await store.now();
      const pause: Pause = { ...order, id: newId('p', at), at };
      await store.addPause(pause, from);
      // it is in force by now, so that nothing that goes wrong here matters
      const warning = await unknownScope(order.scope, settings.runbooks).catch(() => undefined);
      return { pause, warning };
    },
    lift: (id, by, reason) => store.liftPause(id, { by, from, reason }),
    doubt: async () => {
      const [now, heard] = await Promise.all([store.now(), store.lastCanary()]);
      if (heard === undefined) return 'no worker has ever been heard of here; is it the Redis that Firebreak uses?';
      if (now - heard <= SILENT_MS) return undefined;
      return `no worker has been heard of here for ${sayDuration(now - heard)}; is it the Redis that Firebreak uses?`;
    },
    close: () => redis.disconnect(),
  };
}

/** The user as the machine knows it, whatever the person says or the environment names. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    // in a container a number need not have a name
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

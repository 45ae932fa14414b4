import { Cluster, Redis } from 'ioredis';
import type { RedisLocation } from '../config/redis-location.js';

/** A place that can be connected to: the embedded server by then has a socket. */
export type RedisTarget =
  Exclude<RedisLocation, { kind: 'embedded' }> | { readonly kind: 'socket'; readonly path: string };

/** What a connection is for: `commands` must fail at once when Redis is away, the others wait for it. */
export type RedisUse = 'commands' | 'subscriber' | 'worker';

/** The default back-off would still sleep when Redis is long back. */
const RECONNECT_MS = 200;

/**
 * Opens a connection.
 *
 * @param target where Redis is
 * @param use decides what happens to a command while Redis is away
 */
export function connect(target: RedisTarget, use: RedisUse): Redis | Cluster {
  const options = optionsFor(use);
  switch (target.kind) {
    case 'socket':
      return new Redis({ ...options, path: target.path });
    case 'single':
      return new Redis(target.url, options);
    case 'sentinel': {
      const { sentinels, name, db, username, password } = target;
      const login = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      };
      return new Redis({
        ...options,
        ...login,
        sentinels: [...sentinels],
        name,
        db,
        sentinelRetryStrategy: () => RECONNECT_MS,
      });
    }
    case 'cluster': {
      const { nodes, tls, username, password } = target;
      const login = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      };
      return new Cluster([...nodes], {
        clusterRetryStrategy: () => RECONNECT_MS,
        enableOfflineQueue: options.enableOfflineQueue ?? true,
        redisOptions: { ...options, ...login, ...(tls ? { tls: {} } : {}) },
      });
    }
  }
}

interface Manners {
  readonly retryStrategy: () => number;
  readonly connectTimeout: number;
  readonly maxRetriesPerRequest: number | null;
  readonly enableOfflineQueue?: boolean;
  readonly commandTimeout?: number;
}

function optionsFor(use: RedisUse): Manners {
  const shared = { retryStrategy: () => RECONNECT_MS, connectTimeout: 5_000 };
  switch (use) {
    case 'commands':
      // a frozen Redis must not hold an alert for ever: no answer in time is a 503, and Alertmanager tries again
      return { ...shared, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 5_000 };
    case 'subscriber':
      return { ...shared, maxRetriesPerRequest: null };
    case 'worker':
      return { ...shared, maxRetriesPerRequest: null };
  }
}

/** Waits until a connection can be used. */
export async function untilReady(redis: Redis | Cluster, withinMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    let last = 'no answer';
    const remember = (error: Error): void => {
      last = error.message;
    };
    const timer = setTimeout(
      () => reject(new Error(`Redis could not be reached within ${withinMs} ms: ${last}`)),
      withinMs,
    );
    redis.on('error', remember);
    redis.once('ready', () => {
      clearTimeout(timer);
      redis.off('error', remember);
      resolve();
    });
  });
}

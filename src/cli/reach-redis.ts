import type { Cluster, Redis } from 'ioredis';
import type { RedisLocation } from '../config/redis-location.js';
import type { RedisSettings } from '../config/redis-settings.js';
import { RedisExecutionStore } from '../engine/redis-execution-store.js';
import { connect, untilReady } from '../redis/connect.js';
import { embeddedSocket } from '../redis/embedded-redis.js';
import { EXIT, Stopped } from './command.js';

/** An emergency must not wait for long to hear that it has to go another way. */
const REACHED_WITHIN_MS = 2_000;

/** The store as it is kept, without a service. */
export interface ReachedRedis {
  /** For a person: which Redis it is. */
  readonly where: string;
  readonly redis: Redis | Cluster;
  readonly store: RedisExecutionStore;
}

/**
 * Reaches the store where it is kept: needs no service, no HTTP and no login. Starts nothing.
 *
 * @param settings where it is
 * @param otherwise what else a person can do when it does not answer
 * @throws Stopped when Redis cannot be reached, with what to do
 */
export async function reachRedis(
  { redis: location, durability, dataDir }: RedisSettings,
  otherwise?: string,
): Promise<ReachedRedis> {
  const target = location.kind === 'embedded' ? ({ kind: 'socket', path: embeddedSocket(dataDir) } as const) : location;
  const where = placeOf(location, dataDir);
  const redis = connect(target, 'commands');
  let why = `nothing within ${REACHED_WITHIN_MS / 1_000} s`;
  redis.on('error', (error: Error) => {
    why = error.message;
  });
  await untilReady(redis, REACHED_WITHIN_MS).catch(() => {
    redis.disconnect();
    const advice = [adviceFor(location, why), ...(otherwise === undefined ? [] : [otherwise])].join('; ');
    throw new Stopped(`${where} does not answer: ${why}\n${advice}.`, EXIT.unavailable);
  });
  return { where, redis, store: new RedisExecutionStore(redis, redis, { replicas: durability === 'ha' ? 1 : 0 }) };
}

/** Names a Redis without its password. */
function placeOf(location: RedisLocation, dataDir: string): string {
  switch (location.kind) {
    case 'embedded':
      return `Firebreak's own Redis at ${embeddedSocket(dataDir)}`;
    case 'single':
      return `Redis at ${new URL(location.url).host}`;
    case 'sentinel':
      return `Redis ${location.name} behind Sentinel at ${location.sentinels.map(({ host }) => host).join(', ')}`;
    case 'cluster':
      return `Redis Cluster at ${location.nodes.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }
}

function adviceFor(location: RedisLocation, why: string): string {
  if (why.includes('EACCES')) return 'Run this as the user of the service';
  if (location.kind !== 'embedded') return 'Name the right one with FIREBREAK_REDIS_URL';
  return "It runs only while the service does. Run this on the service's machine and in its folder, or name the Redis with FIREBREAK_REDIS_URL";
}

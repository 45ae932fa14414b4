import type { Redis } from 'ioredis';
import { PluginError } from '../../../src/plugin-sdk/index.js';

/** A server as it was found at the beginning of a look or a change. */
export interface CacheServer {
  readonly redis: Redis;
  readonly name: string;
  /** Another one after each start: cursors of SCAN belong to it. */
  readonly run: string;
  /** Keys in the database. */
  readonly keys: number;
  /** Whether it knows since when keys were not used; under a policy that counts uses (LFU) it does not. */
  readonly tracksIdle: boolean;
  /** Whether a script may say that it is to run although memory is full, because it is about to make room. */
  readonly hasFlags: boolean;
  /** Its clock now, in milliseconds, as far as we know without asking again. */
  now(): number;
}

/** Keys that a Redis has in which Firebreak keeps its executions. */
const OWN = ['{fb}:canary', '{fb}:audit', '{fb}:audit:head', '{fb}:due'];

/** From here on, scripts may carry flags. */
const FLAGS_SINCE = 7;

/**
 * Finds out what is at the other end.
 *
 * @throws PluginError `not-a-cache` when it is a replica, part of a cluster, a sentinel, or Firebreak's own Redis;
 *   `not-understood` when it does not answer as a Redis does
 */
export async function assertCache(redis: Redis, name: string): Promise<CacheServer> {
  const told = fieldsOf(await redis.info());
  const run = told.get('run_id') ?? '';
  const because = whyNot(told);
  if (run !== '' && because !== undefined) throw new PluginError('not-a-cache', `${name} ${because}`, false);
  const [time, keys, own] = await Promise.all([redis.time(), redis.dbsize(), redis.exists(...OWN)]);
  const asked = Date.now();
  const clock = timeIn(time);
  if (run === '' || clock === undefined || typeof keys !== 'number' || typeof own !== 'number')
    throw new PluginError('not-understood', `${name} does not answer as a Redis does`, false);
  if (own > 0)
    throw new PluginError('not-a-cache', `${name} holds Firebreak's own keys: nothing is ever evicted there`, false);
  return {
    redis,
    name,
    run,
    keys,
    tracksIdle: !(told.get('maxmemory_policy') ?? '').includes('lfu'),
    hasFlags: Number((told.get('redis_version') ?? '').split('.')[0]) >= FLAGS_SINCE,
    now: () => clock + Date.now() - asked,
  };
}

/** The fields of INFO. */
function fieldsOf(info: unknown): ReadonlyMap<string, string> {
  const lines = String(info).split(/\r?\n/);
  return new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, Math.max(0, colon)), line.slice(colon + 1)];
    }),
  );
}

/** The answer of TIME in milliseconds. */
function timeIn(answer: unknown): number | undefined {
  const [seconds, micros] = Array.isArray(answer) ? answer.map(Number) : [];
  return seconds === undefined || micros === undefined || !(seconds > 0)
    ? undefined
    : seconds * 1_000 + Math.floor(micros / 1_000);
}

function whyNot(told: ReadonlyMap<string, string>): string | undefined {
  if (told.get('redis_mode') === 'cluster' || told.get('cluster_enabled') === '1')
    return 'is part of a Redis Cluster: keys would have to be evicted on each of its primaries, which is not done';
  if (told.get('redis_mode') === 'sentinel') return 'is a sentinel and holds no keys: name the primary';
  if (told.get('role') !== 'master')
    return 'is a replica: what is evicted there comes back or makes it differ; name its primary';
  return undefined;
}

import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import type { PairedRedis, RedisPair } from './redis-pair.js';

/** A write that a server said it had taken. */
export interface Acknowledged {
  readonly key: string;
  readonly value: string;
  readonly by: 'a' | 'b';
  /** When it was sent and when its answer was there, in milliseconds since some beginning. */
  readonly sentAt: number;
  readonly at: number;
}

/** Clients that write all the time, to whichever server takes it, and keep a log of their own. */
export interface RedisWriters {
  readonly acknowledged: readonly Acknowledged[];
  /** What servers said instead, each once. */
  readonly refusals: ReadonlySet<string>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts clients that write to a until it refuses, then to b, and so on in turn.
 *
 * @param waitForReplica whether a write counts only once a replica has it, too (WAIT)
 */
export function startRedisWriters(
  pair: RedisPair,
  clients: number,
  password?: string,
  waitForReplica = false,
): RedisWriters {
  const acknowledged: Acknowledged[] = [];
  const refusals = new Set<string>();
  let going = true;
  const write = async (client: number): Promise<void> => {
    const connections = { a: connectTo(pair.a, password), b: connectTo(pair.b, password) };
    let by: 'a' | 'b' = 'a';
    for (let i = 0; going; i += 1) {
      const [key, value] = [`writer:${client}:${i}`, `${client}-${i}-${by}`];
      const sentAt = performance.now();
      try {
        await connections[by].set(key, value);
        if (waitForReplica && (await connections[by].wait(1, 200)) < 1) throw new Error('no replica has it');
        acknowledged.push({ key, value, by, sentAt, at: performance.now() });
      } catch (error) {
        refusals.add(`${by}: ${error instanceof Error ? error.message : String(error)}`);
        by = by === 'a' ? 'b' : 'a';
        await pause(5);
      }
    }
    for (const one of Object.values(connections)) one.disconnect();
  };
  const running = Promise.all(Array.from({ length: clients }, (_, client) => write(client)));
  return {
    acknowledged,
    refusals,
    stop: async () => {
      going = false;
      await running;
    },
  };
}

/** Gives the acknowledged writes that a server does not have. */
export async function missingAt(server: PairedRedis, writes: readonly Acknowledged[]): Promise<Acknowledged[]> {
  const missing: Acknowledged[] = [];
  for (let i = 0; i < writes.length; i += 1_000) {
    const some = writes.slice(i, i + 1_000);
    const values = await server.redis.mget(some.map((one) => one.key));
    missing.push(...some.filter((one, at) => values[at] !== one.value));
  }
  return missing;
}

function connectTo({ host, port }: PairedRedis, password: string | undefined): Redis {
  const redis = new Redis({
    host,
    port,
    ...(password === undefined ? {} : { password }),
    retryStrategy: () => 20,
    maxRetriesPerRequest: 0,
    commandTimeout: 500,
  });
  redis.on('error', () => undefined);
  return redis;
}

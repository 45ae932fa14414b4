import type { Redis } from 'ioredis';
import { withConnection } from '../../clients/redis-connection.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { assertCache, type CacheServer } from './cache-server.js';
import type { CacheConfig, RedisConfig } from './config.js';

/** One cache of the configuration; each verb has a connection of its own. */
export class Cache {
  /**
   * @param name as plans and errors call it, such as `redis/main`
   * @param config where it is, and what may be done there
   * @param timeoutMs for connecting, and for each command
   */
  constructor(
    readonly name: string,
    readonly config: CacheConfig,
    readonly timeoutMs: number,
  ) {}

  /**
   * Lends a connection, once it is sure that at its other end there is a cache that can be evicted from.
   *
   * @throws PluginError `not-a-cache` when it is something else, and as `withConnection` does
   */
  use<T>(signal: AbortSignal, work: (server: CacheServer) => Promise<T>): Promise<T> {
    return withConnection(this.name, this.config, this.timeoutMs, signal, async (redis: Redis) =>
      work(await assertCache(redis, this.name)),
    );
  }
}

/** The caches that may be reached, by name. */
export class Caches {
  private readonly named: ReadonlyMap<string, Cache>;

  /** Connects to nothing yet. */
  constructor(config: RedisConfig | undefined) {
    const entries = Object.entries(config?.caches ?? {});
    this.named = new Map(entries.map(([name, one]) => [name, new Cache(`redis/${name}`, one, config?.timeout ?? 0)]));
  }

  /**
   * Gives the cache of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): Cache {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no Redis cache ${name}; configured: ${known}`, false);
  }
}

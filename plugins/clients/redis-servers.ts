import type { Redis } from 'ioredis';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { withConnection } from './redis-connection.js';
import type { RedisServer } from './redis-server.js';

/** One Redis server of the configuration; each look and each write has a connection of its own. */
export interface NamedRedis<Config extends RedisServer> {
  /** As errors call it, such as `redis flags`. */
  readonly name: string;
  readonly config: Config;
  /** For connecting and for each command. */
  readonly timeoutMs: number;
  /**
   * Lends a connection for several commands.
   *
   * @throws PluginError as `withConnection` does
   */
  use<T>(signal: AbortSignal, work: (redis: Redis) => Promise<T>): Promise<T>;
}

/** The Redis servers that may be reached, by name. */
export class RedisServers<Config extends RedisServer> {
  private readonly named: ReadonlyMap<string, NamedRedis<Config>>;

  /**
   * Connects to nothing yet.
   *
   * @param timeoutMs for connecting, and for each command
   */
  constructor(servers: Readonly<Record<string, Config>>, timeoutMs: number) {
    this.named = new Map(
      Object.entries(servers).map(([key, config]) => {
        const name = `redis ${key}`;
        return [key, { name, config, timeoutMs, use: (s, work) => withConnection(name, config, timeoutMs, s, work) }];
      }),
    );
  }

  /**
   * Gives the server of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): NamedRedis<Config> {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no Redis server ${name}; configured: ${known}`, false);
  }
}

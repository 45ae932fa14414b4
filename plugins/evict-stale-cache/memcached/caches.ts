import type { MemcachedServer } from '../../clients/memcached.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { MemcachedConfig } from './config.js';

/** One cache: its servers by name, and what may be evicted there. */
export interface MemcachedCache {
  readonly name: string;
  readonly servers: ReadonlyMap<string, MemcachedServer>;
  readonly namespaces: Readonly<Record<string, string>>;
  readonly keepBytes: number;
}

/** The caches that may be reached, by name. */
export class MemcachedCaches {
  private readonly named: ReadonlyMap<string, MemcachedCache>;

  /** Connects to nothing: each verb has connections of its own. */
  constructor(config: MemcachedConfig | undefined) {
    const entries = Object.entries(config?.caches ?? {}).map(([name, one]): [string, MemcachedCache] => {
      const { username, password, namespaces, keepBytes } = one;
      const login = username === undefined || password === undefined ? undefined : { username, password };
      const timeoutMs = config?.timeout ?? 0;
      const servers = Object.entries(one.servers).map(([server, address]): [string, MemcachedServer] => [
        server,
        { name: `memcached ${name}/${server}`, address, login, timeoutMs },
      ]);
      return [name, { name, servers: new Map(servers), namespaces, keepBytes }];
    });
    this.named = new Map(entries);
  }

  /**
   * Gives the cache of that name.
   *
   * @throws PluginError `unknown-cache` when the configuration has none of that name
   */
  get(name: string): MemcachedCache {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-cache', `no memcached cache ${name}; configured: ${known}`, false);
  }
}

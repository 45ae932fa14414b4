import { PluginError } from '../../../src/plugin-sdk/index.js';
import { Endpoint } from '../../clients/templated/endpoint.js';
import type { CacheConfig, HttpPurgeConfig } from './config.js';

/** Of how many steps it is known how far they have come. */
const MAX_KNOWN = 256;

/** A cache that is purged over HTTP, and how. */
export interface PurgedCache {
  readonly endpoint: Endpoint;
  readonly config: CacheConfig;
}

/** The caches that may be reached, by name. */
export class PurgedCaches {
  private readonly named: ReadonlyMap<string, PurgedCache>;
  private readonly done = new Map<string, number>();

  /** Connects to nothing yet. */
  constructor(config: HttpPurgeConfig | undefined) {
    const entries = Object.entries(config?.caches ?? {});
    this.named = new Map(
      entries.map(([name, one]) => [name, { endpoint: new Endpoint(`cache ${name}`, one), config: one }]),
    );
  }

  /**
   * Gives the cache of that name.
   *
   * @throws PluginError `unknown-cache` when the configuration has none of that name
   */
  get(name: string): PurgedCache {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-cache', `no cache ${name} is purged over HTTP; configured names: ${known}`, false);
  }

  /**
   * Gives how many requests of a step this process has made already, so that a step that is asked again goes on from there.
   * Another process begins anew, which does no harm.
   *
   * @param key of the step's effect
   */
  madeFor(key: string): number {
    return this.done.get(key) ?? 0;
  }

  /** Keeps how many requests of a step have been made. */
  keep(key: string, made: number): void {
    this.done.delete(key);
    this.done.set(key, made);
    const [oldest] = this.done.keys();
    if (this.done.size > MAX_KNOWN && oldest !== undefined) this.done.delete(oldest);
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.named.values()].map(({ endpoint }) => endpoint.close()));
  }
}

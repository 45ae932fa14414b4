import type { Redis } from 'ioredis';
import { z } from 'zod';
import { isUnreachable, withConnection } from '../../clients/redis-connection.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { NodeConfig } from './config.js';
import { SETTINGS, stateOf, type NodeState } from './node-state.js';

/** The answer of CONFIG GET for one name. */
const pairSchema = z.tuple([z.string(), z.string()]);

/** One Redis server of the configuration; each look and each write has a connection of its own. */
export class RedisNode {
  /**
   * @param name as plans and errors call it, such as `redis/carts/a`
   * @param config where it is
   * @param timeoutMs for each look and each write
   */
  constructor(
    readonly name: string,
    private readonly config: NodeConfig,
    private readonly timeoutMs: number,
  ) {}

  /** Where the other nodes reach it. */
  get address(): { readonly host: string; readonly port: number } {
    return this.config.replicateFrom ?? { host: this.config.host, port: this.config.port };
  }

  /** Whether it asks for a password. */
  get wantsPassword(): boolean {
    return this.config.password !== undefined;
  }

  /**
   * Looks at it.
   *
   * @throws PluginError `target-unreachable` or `timed-out`, `refused-by-target`, `not-understood`
   */
  state(signal: AbortSignal): Promise<NodeState> {
    return this.use(signal, async (redis) => {
      const [info, time, ...settings] = await Promise.all([
        redis.info(),
        redis.time(),
        ...SETTINGS.map((name) => redis.config('GET', name)),
      ]);
      const pairs = settings.flatMap((answer: unknown): [string, string][] => {
        const pair = pairSchema.safeParse(answer);
        return pair.success ? [pair.data] : [];
      });
      return stateOf(info, new Map(pairs), time.map(Number));
    });
  }

  /** Looks at it; undefined when it does not answer. Everything else that can go wrong is thrown. */
  async stateIfReachable(signal: AbortSignal): Promise<NodeState | undefined> {
    try {
      return await this.state(signal);
    } catch (error) {
      if (isUnreachable(error)) return undefined;
      throw error;
    }
  }

  /**
   * Sends one command that changes the server.
   *
   * @throws PluginError as `state` does
   */
  async write(signal: AbortSignal, name: string, ...args: readonly string[]): Promise<void> {
    await this.use(signal, async (redis) => {
      // The right to act may have been lost while the connection was made.
      signal.throwIfAborted();
      const answer: unknown = await redis.call(name, ...args);
      if (answer === 'OK' || (typeof answer === 'string' && answer.startsWith('OK '))) return;
      throw new PluginError('refused-by-target', `${this.name} answered ${name} with ${String(answer)}`, false);
    });
  }

  /** Lends a connection for several commands. */
  use<T>(signal: AbortSignal, work: (redis: Redis) => Promise<T>): Promise<T> {
    return withConnection(this.name, this.config, this.timeoutMs, signal, work);
  }
}

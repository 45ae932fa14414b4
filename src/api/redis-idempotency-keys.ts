import type { Cluster, Redis } from 'ioredis';
import { KEEP_KEYS_MS, keyEntry, type IdempotencyKeys, type KeyEntry } from './idempotency-keys.js';

const REPLACE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;

/** Keeps idempotency keys in Redis, for a day each. */
export class RedisIdempotencyKeys implements IdempotencyKeys {
  /**
   * @param redis connection for commands
   * @param prefix of all keys, with the hash tag in braces
   */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string = '{fb}:',
  ) {}

  async claim(key: string, entry: KeyEntry): Promise<KeyEntry | undefined> {
    const name = this.name(key);
    for (;;) {
      if ((await this.redis.set(name, JSON.stringify(entry), 'PX', KEEP_KEYS_MS, 'NX')) === 'OK') return undefined;
      const found = await this.redis.get(name);
      // it may have been forgotten between the two questions
      if (found !== null) return keyEntry.parse(JSON.parse(found));
    }
  }

  async replace(key: string, before: KeyEntry, after?: KeyEntry): Promise<boolean> {
    const next = after === undefined ? '' : JSON.stringify(after);
    return (await this.redis.eval(REPLACE, 1, this.name(key), JSON.stringify(before), next, KEEP_KEYS_MS)) === 1;
  }

  private name(key: string): string {
    return `${this.prefix}ik:${key}`;
  }
}

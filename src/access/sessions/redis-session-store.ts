import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import type { Counted, Kept, SessionStore } from './session-store.js';

const GET = `
local text = redis.call('GET', KEYS[1])
return text and { text, redis.call('PTTL', KEYS[1]) }`;

const COUNT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

// members stand in the order in which they were remembered, also those of one microsecond
const REMEMBER = `
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('ZADD', KEYS[1], (tonumber(last[2]) or 0) + 1, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local more = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
if more <= 0 then return {} end
local gone = redis.call('ZRANGE', KEYS[1], 0, more - 1)
redis.call('ZREM', KEYS[1], unpack(gone))
return gone`;

const kept = z.tuple([z.string(), z.number()]).nullable();
const counted = z.tuple([z.number(), z.number()]);
const texts = z.array(z.string());

/** Keeps sessions in Redis, where every process of the service finds them. */
export class RedisSessionStore implements SessionStore {
  /**
   * @param redis connection for commands
   * @param prefix of all keys, with the hash tag in braces
   */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string = '{fb}:',
  ) {}

  async put(key: string, text: string, ms: number): Promise<void> {
    await this.redis.set(this.name(key), text, 'PX', Math.max(1, Math.ceil(ms)));
  }

  async get(key: string): Promise<Kept | undefined> {
    const found = kept.parse(await this.redis.eval(GET, 1, this.name(key)));
    return found === null ? undefined : { text: found[0], leftMs: found[1] };
  }

  async prolong(key: string, ms: number): Promise<void> {
    await this.redis.pexpire(this.name(key), Math.max(1, Math.ceil(ms)));
  }

  async take(key: string): Promise<string | undefined> {
    return (await this.redis.getdel(this.name(key))) ?? undefined;
  }

  async count(key: string, withinMs: number): Promise<Counted> {
    const [count, leftMs] = counted.parse(await this.redis.eval(COUNT, 1, this.name(key), Math.ceil(withinMs)));
    return { count, leftMs };
  }

  async remember(list: string, member: string, ms: number, most: number): Promise<readonly string[]> {
    return texts.parse(await this.redis.eval(REMEMBER, 1, this.name(list), member, Math.ceil(ms), most));
  }

  async members(list: string): Promise<readonly string[]> {
    return this.redis.zrange(this.name(list), '0', '-1');
  }

  private name(key: string): string {
    return `${this.prefix}session:${key}`;
  }
}

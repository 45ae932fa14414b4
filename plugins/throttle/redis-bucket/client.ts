import { z } from 'zod';

/**
 * Takes tokens out of a bucket; the whole client for applications in other languages. KEYS: the limit, and where what is
 * left is kept. ARGV: how many tokens. Answers { 1, 0 } when they may go on, { 0, milliseconds until asking again helps }
 * when they may not, or { 0, -1 } when asking again does not help while the limit is as it is.
 */
export const TAKE = `
local limit = redis.call('HMGET', KEYS[1], 'rate', 'burst')
local rate, wanted = tonumber(limit[1]), tonumber(ARGV[1])
if not rate then
  redis.call('DEL', KEYS[2])
  return { 1, 0 }
end
local burst = tonumber(limit[2]) or math.max(1, rate)
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local left = redis.call('HMGET', KEYS[2], 'tokens', 'at')
local tokens, at = tonumber(left[1]) or burst, tonumber(left[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate / 1000000)
local allowed = tokens >= wanted
if allowed then tokens = tokens - wanted end
redis.call('HSET', KEYS[2], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.0f', now))
if allowed then return { 1, 0 } end
if wanted > burst or rate == 0 then return { 0, -1 } end
return { 0, math.ceil((wanted - tokens) / rate * 1000) }
`;

/** What the client needs of a connection; one of ioredis fits. */
export interface BucketConnection {
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
}

/** Whether an application may go on, or in how many milliseconds asking again helps; undefined when it does not. */
export type Taken = { readonly allowed: true } | { readonly allowed: false; readonly retryInMs: number | undefined };

const answered = z.tuple([z.int(), z.int()]);

/**
 * A token bucket that any number of processes share through one Redis: in any time t no more than `rate * t + burst` tokens
 * are given out. It asks Redis about each take, so a new limit is in force with the next one.
 */
export class TokenBucket {
  /**
   * @param redis a connection of the application's own
   * @param key of the limit: the configured prefix and the bucket's name
   */
  constructor(
    private readonly redis: BucketConnection,
    private readonly key: string,
  ) {}

  /**
   * Takes tokens, or says that there are not enough; a bucket without a limit has always enough. Throws what the
   * connection throws: what is right when Redis is away, letting through or refusing, only the application knows.
   */
  async take(tokens = 1): Promise<Taken> {
    if (!(tokens > 0)) throw new RangeError('take more than 0 tokens: less would put some in');
    const [allowed, wait] = answered.parse(await this.redis.eval(TAKE, 2, this.key, `${this.key}:left`, tokens));
    return allowed === 1 ? { allowed: true } : { allowed: false, retryInMs: wait < 0 ? undefined : wait };
  }

  /**
   * Reads the limit, for applications that keep to it by themselves: it is another one when `version` is.
   *
   * @returns undefined when there is none
   */
  async limit(): Promise<{ rate: number; burst: number; version: string } | undefined> {
    const [rate = null, burst = null, version = null] = await this.redis.hmget(this.key, 'rate', 'burst', 'version');
    if (rate === null) return undefined;
    const perSecond = Number(rate);
    return { rate: perSecond, burst: burst === null ? Math.max(1, perSecond) : Number(burst), version: version ?? '' };
  }
}

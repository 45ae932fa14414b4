import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { NamedRedis } from '../../clients/redis-servers.js';
import type { Level } from '../lift.js';
import type { BucketServer } from './config.js';

/** A limit as its hash holds it; null stands for a field that is not there. */
export interface StoredLimit {
  /** Tokens per second. */
  readonly rate: number | null;
  /** Tokens at most; those of one second when it is not there. */
  readonly burst: number | null;
  /** What it is when nothing is throttled: there only while something is; `none` for no limit. */
  readonly fullRate: number | 'none' | null;
  readonly fullBurst: number | null;
}

/** What was seen at one moment. */
export interface Seen {
  readonly stored: StoredLimit;
  /** The fields as they are, in the order of `FIELDS`. */
  readonly texts: readonly (string | null)[];
  /** By the server's clock, in milliseconds. */
  readonly at: number;
}

type Node = NamedRedis<BucketServer>;

/** The fields of a hash that say what the limit is; the last one rises with every change. */
const FIELDS = ['rate', 'burst', 'fullRate', 'fullBurst', 'version'] as const;

/**
 * Reads a limit.
 *
 * @throws PluginError `not-understood` when its fields are no whole numbers
 */
export async function lookAt(redis: Redis, node: Node, key: string): Promise<Seen> {
  const answer = answered.safeParse(await Promise.all([redis.hmget(key, ...FIELDS), redis.time()]));
  const bad = (what: string) => new PluginError('not-understood', `${key} at ${node.name}: ${what}`, false);
  if (!answer.success) throw bad('the answer is not what a Redis answers');
  const [texts, [seconds, micros]] = answer.data;
  const stored = fields.safeParse(Object.fromEntries(FIELDS.map((name, i) => [name, texts[i] ?? null])));
  if (stored.success) return { stored: stored.data, texts, at: seconds * 1_000 + Math.floor(micros / 1_000) };
  const wrong = stored.error.issues.map(({ path: [name = ''] }) => name).join(', ');
  throw bad(`${wrong} must be whole numbers, or missing`);
}

/**
 * Brings a limit to a rate, if nothing of it has changed since it was seen. The burst goes down and up with the rate.
 *
 * @param to null takes the limit away
 * @returns false when something has
 * @throws PluginError `timed-out` when the write came only when nobody waited for it any more: it has no effect then
 */
export async function replace(redis: Redis, node: Node, key: string, seen: Seen, to: Level): Promise<boolean> {
  const { rate, burst, fullRate, fullBurst } = atRate(seen.stored, to);
  const wanted = [rate, burst, fullRate, fullBurst].map((value) => (value === null ? '' : String(value)));
  const known = seen.texts.map((text) => text ?? '');
  const answer: unknown = await redis.eval(REPLACE, 1, key, ...known, ...wanted, seen.at + node.timeoutMs);
  if (answer !== 'late') return answer === 'written';
  const late = `${node.name} got the write only when it was not waited for any more, and left it`;
  throw new PluginError('timed-out', late);
}

/**
 * Says what a limit holds at another rate: below its full rate the burst is as much smaller as the rate is.
 *
 * @param to null takes the limit away
 */
export function atRate(was: StoredLimit, to: Level): StoredLimit {
  if (to === null) return { rate: null, burst: was.burst, fullRate: null, fullBurst: null };
  const fullRate = was.fullRate ?? was.rate ?? 'none';
  const fullBurst = was.fullRate === null ? was.burst : was.fullBurst;
  if (fullRate === 'none') return { rate: to, burst: was.burst, fullRate, fullBurst: null };
  if (to >= fullRate) return { rate: to, burst: fullBurst, fullRate: null, fullBurst: null };
  const burst = fullBurst === null ? null : Math.max(1, Math.floor((fullBurst * to) / fullRate));
  return { rate: to, burst, fullRate, fullBurst };
}

const clock = z.tuple([z.coerce.number(), z.coerce.number()]);
const answered = z.tuple([z.array(z.string().nullable()).length(FIELDS.length), clock]);
const whole = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)
  .nullable();
const fields = z.object({ rate: whole, burst: whole, fullRate: z.literal('none').or(whole), fullBurst: whole });

/** The version is the time in microseconds, so that it rises also when a limit goes away and comes back. */
const REPLACE = `
local fields = { 'rate', 'burst', 'fullRate', 'fullBurst', 'version' }
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) > tonumber(ARGV[10]) then return 'late' end
local now = redis.call('HMGET', KEYS[1], unpack(fields))
for i = 1, 5 do
  if (now[i] or '') ~= ARGV[i] then return 'changed' end
end
for i = 1, 4 do
  if ARGV[5 + i] == '' then redis.call('HDEL', KEYS[1], fields[i])
  else redis.call('HSET', KEYS[1], fields[i], ARGV[5 + i]) end
end
if ARGV[6] == '' then
  redis.call('HDEL', KEYS[1], 'version')
else
  local version = math.max((tonumber(ARGV[5]) or 0) + 1, time[1] * 1000000 + time[2])
  redis.call('HSET', KEYS[1], 'version', string.format('%.0f', version))
end
return 'written'
`;

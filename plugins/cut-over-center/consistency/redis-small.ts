import type { Redis } from 'ioredis';
import { PluginError } from '../../../src/plugin-sdk/index.js';

/**
 * Makes what stands for small values where they are: one answer for fifty keys instead of the values themselves. What is
 * large, or of a type that is rare, is left to be read piece by piece, so that the server is never held up for long.
 * Entries that have no order are put together by sums, because sorting depends on the server's language.
 */
const SCRIPT = `
local function parted(list)
  local parts = {}
  for i, one in ipairs(list) do parts[i] = #one .. ';' .. one end
  return table.concat(parts)
end
local function unordered(list, width)
  local low, high, count = 0, 0, 0
  for i = 1, #list, width do
    local hash = redis.sha1hex(width == 1 and list[i] or parted({ list[i], list[i + 1] }))
    low = (low + tonumber(string.sub(hash, 1, 12), 16)) % 281474976710656
    high = (high + tonumber(string.sub(hash, 13, 24), 16)) % 281474976710656
    count = count + 1
  end
  return string.format('%d:%.0f:%.0f', count, low, high)
end
local answers = {}
for i, key in ipairs(KEYS) do
  local type = redis.call('TYPE', key)['ok']
  local print = 'large'
  if type == 'none' then print = 'none'
  elseif type == 'string' then
    if redis.call('STRLEN', key) <= 16384 then print = redis.sha1hex(redis.call('GET', key)) end
  elseif type == 'hash' then
    if redis.call('HLEN', key) <= 64 then print = unordered(redis.call('HGETALL', key), 2) end
  elseif type == 'set' then
    if redis.call('SCARD', key) <= 64 then print = unordered(redis.call('SMEMBERS', key), 1) end
  elseif type == 'list' then
    if redis.call('LLEN', key) <= 64 then print = redis.sha1hex(parted(redis.call('LRANGE', key, 0, -1))) end
  elseif type == 'zset' then
    if redis.call('ZCARD', key) <= 64 then print = redis.sha1hex(parted(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'))) end
  end
  if print ~= 'large' and print ~= 'none' then print = type .. ':' .. print end
  answers[2 * i - 1] = print
  answers[2 * i] = redis.call('PTTL', key)
end
return answers`;

/** What a server said of one key: that there is none, that it is to be read piece by piece, or what stands for it. */
export type SmallPrint =
  { readonly is: 'none' | 'large' } | { readonly is: 'small'; readonly digest: string; readonly ttl: number };

/** Tells whether a server lets scripts read: an older one does not know how, and a user may not be allowed to. */
export async function canScript(redis: Redis): Promise<boolean> {
  const answer: unknown = await redis.call('EVAL_RO', 'return 1', '0').catch(() => 0);
  return answer === 1;
}

/**
 * Asks for what stands for the values of at most fifty keys.
 *
 * @throws PluginError `not-understood` when an answer is missing
 */
export async function smallPrintsOf(redis: Redis, keys: readonly Buffer[]): Promise<SmallPrint[]> {
  const answer: unknown = await redis.call('EVAL_RO', SCRIPT, String(keys.length), ...keys);
  const answers: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return keys.map((_, i): SmallPrint => {
    const [print, ttl] = [answers[2 * i], answers[2 * i + 1]];
    if (typeof print !== 'string' || typeof ttl !== 'number')
      throw new PluginError('not-understood', 'the server left an answer out');
    if (print === 'large' || print === 'none') return { is: print };
    return ttl === -2 ? { is: 'none' } : { is: 'small', digest: print, ttl };
  });
}

import { z } from 'zod';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { NamedRedis } from '../../clients/redis-servers.js';
import type { RedisServerConfig } from './config.js';

/** Where a switch is: a key, or a field of a hash. */
export interface Place {
  readonly node: NamedRedis<RedisServerConfig>;
  readonly key: string;
  readonly field: string | undefined;
  /** As errors call it. */
  readonly name: string;
}

/** What is there at one moment. */
export interface Sight {
  /** null when it is not there. */
  readonly value: string | null;
  /** The key goes away by itself some day. */
  readonly expires: boolean;
  /** By the server's clock, in milliseconds. */
  readonly at: number;
}

/** Finds the place of a feature. */
export function placeOf(node: NamedRedis<RedisServerConfig>, feature: string): Place {
  const { prefix = '', hashField, hash } = node.config;
  if (hash !== undefined) return { node, key: hash, field: feature, name: `${feature} in the hash ${hash}` };
  const key = prefix + feature;
  return { node, key, field: hashField, name: hashField === undefined ? key : `${hashField} in the hash ${key}` };
}

/** Looks and writes through one connection. */
export interface Hands {
  /** Throws PluginError `not-text` when what is there can't be kept for going back. */
  readonly look: () => Promise<Sight>;
  /** Writes, or removes with null, if the value is as it was seen; the key's time to live stays. */
  readonly write: (seen: Sight, to: string | null) => Promise<'written' | 'changed'>;
}

/**
 * Lends a connection that can look and write.
 *
 * @throws PluginError as `withConnection` does; what the server answers is its own word, such as that the key is no hash
 */
export function using<T>(place: Place, signal: AbortSignal, work: (hands: Hands) => Promise<T>): Promise<T> {
  const { node, key, field } = place;
  const inside = optional(field ?? null);
  return node.use(signal, (redis) =>
    work({
      look: async () => sightOf(place, await redis.eval(LOOK, 1, key, ...inside, MAX_VALUE)),
      write: async (seen, to) => {
        const until = seen.at + node.timeoutMs;
        const told = [...inside, ...optional(seen.value), ...optional(to), until];
        const answer: unknown = await redis.eval(REPLACE, 1, key, ...told);
        if (answer === 'written' || answer === 'changed') return answer;
        if (answer !== 'late') throw notUnderstood(place);
        const late = `${node.name} got the write only when it was not waited for any more, and left it`;
        throw new PluginError('timed-out', late);
      },
    }),
  );
}

const MAX_VALUE = 64 * 1024;

const answered = z.tuple([z.string().nullable(), z.int(), z.coerce.number(), z.coerce.number()]);

function sightOf(place: Place, answer: unknown): Sight {
  const bad = (because: string) => new PluginError('not-text', `${place.name} holds ${because}`, false);
  if (answer === 'long') throw bad('more than 64 KiB: that is no switch');
  const parsed = answered.safeParse(answer);
  if (!parsed.success) throw notUnderstood(place);
  const [value, ttl, seconds, micros] = parsed.data;
  if (value?.includes('\uFFFD') === true) throw bad("bytes that are no text (UTF-8): it can't be kept for going back");
  return { value, expires: ttl >= 0, at: seconds * 1_000 + Math.floor(micros / 1_000) };
}

function notUnderstood({ node }: Place): PluginError {
  return new PluginError('not-understood', `what ${node.name} answered is not what Redis 6 or later answers`, false);
}

/** A text that may be missing, as two arguments of a script. */
function optional(text: string | null): [string, string] {
  return text === null ? ['0', ''] : ['1', text];
}

const LOOK = `
local key, inHash, field = KEYS[1], ARGV[1] == '1', ARGV[2]
local length
if inHash then length = redis.call('HSTRLEN', key, field) else length = redis.call('STRLEN', key) end
if length > tonumber(ARGV[3]) then return 'long' end
local value
if inHash then value = redis.call('HGET', key, field) else value = redis.call('GET', key) end
local time = redis.call('TIME')
return { value, redis.call('PTTL', key), time[1], time[2] }
`;

/**
 * Compares and writes in one step. A write that was held up under way until nobody waits for it has no effect: by then
 * the step may have been taken back.
 */
const REPLACE = `
local key, inHash, field = KEYS[1], ARGV[1] == '1', ARGV[2]
local wasThere, seen = ARGV[3] == '1', ARGV[4]
local stays, wanted = ARGV[5] == '1', ARGV[6]
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) > tonumber(ARGV[7]) then return 'late' end
local now
if inHash then now = redis.call('HGET', key, field) else now = redis.call('GET', key) end
if wasThere ~= (now ~= false) or (wasThere and now ~= seen) then return 'changed' end
if inHash and stays then redis.call('HSET', key, field, wanted)
elseif inHash then redis.call('HDEL', key, field)
elseif stays then redis.call('SET', key, wanted, 'KEEPTTL')
else redis.call('DEL', key) end
return 'written'
`;

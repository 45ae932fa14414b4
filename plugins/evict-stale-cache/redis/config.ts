import { z } from 'zod';
import { positiveDuration } from '../../clients/positive-duration.js';
import { redisServerFields } from '../../clients/redis-server.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { parseDuration } from '../../../src/plugin-sdk/index.js';

/** Below it stand Firebreak's own notes in a cache: how far an eviction is, and the copies of what it took. */
export const NOTES = 'firebreak:evicted:';

/** What a key may begin with: no character that means more than itself in a pattern. */
const LITERAL = '[A-Za-z0-9][A-Za-z0-9_.:/@#{}-]{2,199}';
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** The beginning of keys that a pattern needs at least. */
export const literalPrefix = z
  .string()
  .regex(new RegExp(`^${LITERAL}$`), 'write what keys begin with: three characters or more, and none of * ? [ ] ^ \\')
  .refine(
    (text) => !text.startsWith('firebreak:') && !NOTES.startsWith(text) && !text.startsWith('{fb}'),
    "holds Firebreak's own keys",
  );

/** A pattern: the beginning of keys, and one `*` for the rest. */
export const pattern = z
  .string()
  .regex(
    new RegExp(`^${LITERAL}\\*$`),
    'write what keys begin with, three characters or more, and one * at the end: config:orders:*',
  );

/** Makes the schema of a Prometheus duration that must be given and is longer than 0, parsed to milliseconds. */
export function duration() {
  return z.string().transform((text, context) => {
    const parsed = parseDuration(text);
    if (parsed.ok && parsed.ms > 0) return parsed.ms;
    context.addIssue({ code: 'custom', message: parsed.ok ? 'must be longer than 0' : parsed.detail });
    return z.NEVER;
  });
}

const unit = z.enum(['s', 'ms']).default('s');

const age = z.discriminatedUnion('by', [
  /** Since the key was last used. */
  z.strictObject({ by: z.literal('idle') }),
  /** Since it was written, with a time to live that the application always sets to the same. */
  z.strictObject({ by: z.literal('ttl'), lifetime: duration() }),
  /** Since the moment that stands in a field of the hash itself. */
  z.strictObject({ by: z.literal('hash-field'), field: z.string().min(1).max(128), unit }),
  /** Since the moment that is the key's score in a sorted set, whose members are names of keys. */
  z.strictObject({ by: z.literal('sorted-set'), key: z.string().min(1).max(256), unit }),
]);

const tier = z.strictObject({ prefix: literalPrefix, maxAge: duration(), age });

const cache = z
  .strictObject({
    ...redisServerFields,
    db: z.int().min(0).max(1_023).default(0),
    /** What keys begin with that may be evicted at all. */
    prefixes: z.array(literalPrefix).min(1).max(64),
    /** For one step: the most keys, the most per cent of all keys of the database, and how fast. */
    limits: z
      .strictObject({
        keys: z.int().min(1).max(100_000_000).default(100_000),
        percent: z.number().gt(0).max(100).default(50),
        keysPerSecond: z.int().min(10).max(1_000_000).default(10_000),
      })
      .prefault({}),
    /** Up to how many keys and bytes copies are kept for going back, and how long. */
    restorable: z
      .strictObject({
        keys: z.int().min(0).max(500).default(100),
        bytes: z.int().min(0).max(1_048_576).default(262_144),
        keepFor: positiveDuration('24h'),
      })
      .prefault({}),
    /** Freshness by name: which keys, and from which age on they are stale. */
    tiers: z.record(z.string().regex(NAME), tier).default({}),
    /** Where applications write which keys they use: one set for each window, `<prefix><number of the window>`. */
    accesses: z.strictObject({ prefix: literalPrefix, window: duration() }).optional(),
  })
  .refine(({ prefixes, tiers }) => Object.values(tiers).every((one) => isBelow(prefixes, one.prefix)), {
    path: ['tiers'],
    message: 'the prefix of each tier must be below one of prefixes',
  })
  .refine(({ prefixes, accesses }) => accesses === undefined || !isBelow(prefixes, accesses.prefix), {
    path: ['accesses'],
    message: 'must not be below one of prefixes: the samples would be evicted themselves',
  });

/** Tells whether whatever begins so begins with one of the prefixes, too. */
export function isBelow(prefixes: readonly string[], text: string): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix));
}

const section = z.strictObject({
  caches: z
    .record(z.string().regex(NAME), cache)
    .refine((caches) => Object.keys(caches).length > 0, 'name at least one cache'),
  /** For connecting, and for each command. */
  timeout: timeoutSchema('1s'),
});

/** The part of the plugin's configuration that names Redis caches. */
export const redisFields = { redis: section.optional() };

const fields = z.strictObject(redisFields);

/** That part as parsed; times are in milliseconds. */
export type RedisFields = z.infer<typeof fields>;

/** What the part says, if it is there. */
export type RedisConfig = z.infer<typeof section>;

/** One cache as configured. */
export type CacheConfig = z.infer<typeof cache>;

/** How old the keys of a tier are found to be. */
export type AgeConfig = z.infer<typeof age>;

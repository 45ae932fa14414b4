import { z } from 'zod';
import { duration, isBelow, pattern, type RedisConfig } from './config.js';
import { K } from './lru-k.js';

const percent = z.number().min(0).max(100).multipleOf(0.01);

const share = z
  .strictObject({ from: percent.default(0), to: percent.default(100) })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be more than from' });

/**
 * Makes the schema of the parameters of `evict-stale-cache/redis`.
 *
 * @param config decides which caches a step may name, and how much it may do there
 */
export function paramsSchema(config: RedisConfig | undefined) {
  return z
    .strictObject({
      cache: cacheSchema(config),
      match: pattern.optional(),
      idleLongerThan: duration().optional(),
      tier: z.string().min(1).max(64).optional(),
      lruK: z.literal(K).optional(),
      share: share.prefault({}),
      maxKeys: z.int().min(1).optional(),
      maxPercent: z.number().gt(0).max(100).optional(),
      keysPerSecond: z.int().min(10).optional(),
    })
    .superRefine((given, context) => {
      for (const [path, message] of refusals(given, config))
        context.addIssue({ code: 'custom', path: [path], message });
    });
}

function cacheSchema(config: RedisConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.caches));
  return z.string().refine(() => false, 'no Redis cache is configured: name caches under redis of the plugin');
}

/** Parameters of `evict-stale-cache/redis`; times are in milliseconds. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

type Refusal = readonly [path: string, message: string];

function refusals(given: Params, config: RedisConfig | undefined): Refusal[] {
  const cache = config?.caches[given.cache];
  // a name that is not configured is refused already
  if (cache === undefined) return [];
  const { match, tier: tierName, idleLongerThan, lruK, maxKeys, maxPercent, keysPerSecond } = given;
  const tier = tierName !== undefined && Object.hasOwn(cache.tiers, tierName) ? cache.tiers[tierName] : undefined;
  const within = tier === undefined ? cache.prefixes : [tier.prefix];
  const over = (path: string, asked: number | undefined, most: number): Refusal[] =>
    asked === undefined || asked <= most ? [] : [[path, `the configuration allows ${most} at most`]];
  const when = (wrong: boolean, ...refusal: Refusal): Refusal[] => (wrong ? [refusal] : []);
  return [
    ...when(tierName !== undefined && tier === undefined, 'tier', 'the configuration has no such tier'),
    ...when(match === undefined && tierName === undefined, 'match', 'say which keys: match, or a tier'),
    ...when(
      match !== undefined && !isBelow(within, match.slice(0, -1)),
      'match',
      `must begin with one of ${within.join(', ')}`,
    ),
    ...when(
      [idleLongerThan, tierName, lruK].filter((one) => one !== undefined).length > 1,
      'match',
      'only one of idleLongerThan, tier and lruK says which keys are stale',
    ),
    ...when(lruK !== undefined && cache.accesses === undefined, 'lruK', 'the configuration names no accesses'),
    ...over('maxKeys', maxKeys, cache.limits.keys),
    ...over('maxPercent', maxPercent, cache.limits.percent),
    ...over('keysPerSecond', keysPerSecond, cache.limits.keysPerSecond),
  ];
}

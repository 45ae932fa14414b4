import { z } from 'zod';
import { memcachedKey, type MemcachedConfig } from './config.js';

const MAX_KEYS = 100;

/**
 * Makes the schema of the parameters of `evict-stale-cache/memcached`.
 *
 * @param config decides which caches, namespaces and keys a step may name
 */
export function paramsSchema(config: MemcachedConfig | undefined) {
  return z
    .strictObject({
      cache: cacheSchema(config),
      keys: z.array(memcachedKey).min(1).max(MAX_KEYS).optional(),
      namespace: z.string().min(1).max(64).optional(),
    })
    .superRefine((given, context) => {
      for (const [path, message] of refusals(given, config))
        context.addIssue({ code: 'custom', path: [path], message });
    });
}

function cacheSchema(config: MemcachedConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.caches));
  return z.string().refine(() => false, 'no memcached is configured: name caches under memcached of the plugin');
}

/** Parameters of `evict-stale-cache/memcached`: either single entries by their keys, or a whole namespace. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

function refusals(
  { cache: name, keys, namespace }: Params,
  config: MemcachedConfig | undefined,
): (readonly [path: string, message: string])[] {
  const cache = config?.caches[name];
  // A name that is not configured is refused already.
  if (cache === undefined) return [];
  const prefixes = cache.prefixes ?? [];
  const outside = keys?.some((key) => !prefixes.some((prefix) => key.startsWith(prefix))) === true;
  const twice = keys !== undefined && new Set(keys).size < keys.length;
  const unknown = namespace !== undefined && !Object.hasOwn(cache.namespaces, namespace);
  return [
    ...((keys === undefined) === (namespace === undefined)
      ? [['keys', 'say what to evict: either keys or namespace'] as const]
      : []),
    ...(outside ? [['keys', 'each must begin with one of the prefixes of the configuration'] as const] : []),
    ...(twice ? [['keys', 'names a key twice'] as const] : []),
    ...(unknown ? [['namespace', 'the configuration has no such namespace'] as const] : []),
  ];
}

const item = z.strictObject({
  server: z.string(),
  key: z.string(),
  /** The version that the plan saw. */
  cas: z.string(),
  /** In base64; null when the entries were too large to be kept. */
  value: z.string().nullable(),
  flags: z.string(),
  /** In seconds since the epoch by the server's clock; null when never. */
  expiresAt: z.number().nullable(),
});

const generation = z.strictObject({
  server: z.string(),
  /** As it stood there, digits and perhaps blanks after them. */
  from: z.string(),
  to: z.string(),
  flags: z.string(),
  /** The version that the plan saw; null when an earlier step writes it first. */
  cas: z.string().nullable(),
});

/** What `plan` keeps: the entries as they were, or the numbers of the namespace. */
export const beforeSchema = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('keys'), items: z.array(item) }),
  z.strictObject({ of: z.literal('namespace'), generations: z.array(generation) }),
]);

/** One entry as it was. */
export type KeptItem = z.infer<typeof item>;

/** The number of a namespace on one server, from what to what. */
export type Generation = z.infer<typeof generation>;

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

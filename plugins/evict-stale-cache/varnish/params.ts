import { z } from 'zod';
import type { VarnishConfig } from './config.js';

/** Characters of addresses and tags: none that ends a word, or is more than itself outside of a pattern of ours. */
const value = z
  .string()
  .regex(/^[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]{1,512}$/, 'must be 1 to 512 characters as in an address, without blanks');

/**
 * Makes the schema of the parameters of `evict-stale-cache/varnish`.
 *
 * @param config decides which caches and bans a step may name, and which fields must be given
 */
export function paramsSchema(config: VarnishConfig | undefined) {
  return z
    .strictObject({ cache: cacheSchema(config), ban: z.string().min(1).max(64), where: z.record(z.string(), value) })
    .superRefine((given, context) => {
      const bans = config?.caches[given.cache]?.bans;
      // A name that is not configured is refused already.
      if (bans === undefined) return;
      const fields = Object.hasOwn(bans, given.ban) ? bans[given.ban] : undefined;
      const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
      if (fields === undefined) return refuse('ban', 'the configuration has no such ban for this cache');
      const [wanted, named] = [Object.keys(fields).sort(), Object.keys(given.where).sort()];
      if (wanted.join('\n') !== named.join('\n')) refuse('where', `must give exactly ${wanted.join(', ')}`);
    });
}

function cacheSchema(config: VarnishConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.caches));
  return z.string().refine(() => false, 'no Varnish is configured: name caches under varnish of the plugin');
}

/** Parameters of `evict-stale-cache/varnish`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** When each server was last given the same ban, as it says itself; null when it knows of none. */
export const beforeSchema = z.strictObject({ newest: z.record(z.string(), z.string().nullable()) });

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

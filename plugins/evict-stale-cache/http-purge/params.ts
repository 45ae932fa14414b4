import { z } from 'zod';
import { valueSchema } from '../../clients/templated/holes.js';
import type { CacheConfig, HttpPurgeConfig } from './config.js';

/** Nothing that a cache could take for a pattern, and no way up. */
const PATH = /^\/[A-Za-z0-9._~:@,=%/-]{0,500}(?:\?[A-Za-z0-9._~:@,=&%/-]{1,500})?$/;
const UP_OR_ENCODED = /(?:^|\/)\.{1,2}(?:[/?]|$)|\/\/|%(?:2[ef]|5c|00|25|2a)|%(?![0-9a-f]{2})/i;
/** A ban compares by a regular expression. */
const BANNED_PATH = /^[A-Za-z0-9._~/-]+$/;
const KEY = /^[A-Za-z0-9][A-Za-z0-9._:/@=-]{0,255}$/;

/** What a step says: which cache, and what is to go. */
export interface Params {
  readonly cache: string;
  readonly paths?: readonly string[] | undefined;
  readonly keys?: readonly string[] | undefined;
}

/**
 * Makes the schema of the parameters of `evict-stale-cache/http-purge`.
 *
 * @param config decides which caches a step may name, and which paths and keys there
 */
export function paramsSchema(config: HttpPurgeConfig | undefined): z.ZodType<Params> {
  const [first, ...rest] = Object.entries(config?.caches ?? {}).flatMap(([cache, one]) => schemasOf(cache, one));
  if (first === undefined) return z.never('no cache is configured: name caches under httpPurge of the plugin');
  return z.union([first, ...rest]);
}

function schemasOf(cache: string, { paths, keys, most }: CacheConfig) {
  const list = (one: z.ZodType<string>) =>
    z
      .array(one)
      .min(1)
      .max(most)
      .refine((all) => new Set(all).size === all.length, 'names something twice');
  const byPath =
    paths === undefined ? [] : [z.strictObject({ cache: z.literal(cache), paths: list(pathSchema(paths)) })];
  if (keys === undefined) return byPath;
  const key = z
    .string()
    .regex(KEY, 'is no key')
    .refine((text) => valueSchema(keys.names).safeParse(text).success, 'is none that the configuration allows');
  return [...byPath, z.strictObject({ cache: z.literal(cache), keys: list(key) })];
}

function pathSchema(paths: NonNullable<CacheConfig['paths']>) {
  const banned = 'method' in paths && paths.method === 'BAN';
  return z
    .string()
    .regex(PATH, 'write a path such as /products/7')
    .refine((path) => !UP_OR_ENCODED.test(path), 'must not lead up, nor hide what it is')
    .refine((path) => !banned || BANNED_PATH.test(path), 'has characters that a ban could take for a pattern')
    .refine(
      (path) => paths.under.some((folder) => path.startsWith(folder) && /^[^?]/.test(path.slice(folder.length))),
      `must be below ${paths.under.join(' or ')}`,
    );
}

import { z } from 'zod';
import { endpointFields } from '../../clients/templated/endpoint.js';
import { holesIn } from '../../clients/templated/fill.js';
import { holeSchema } from '../../clients/templated/holes.js';
import { holesOfReading, readSchema } from '../../clients/templated/reading.js';
import { addressFields, holesOf, status, writeSchema } from '../../clients/templated/request.js';

const name = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

/** How many paths or keys go into one request. */
const batch = z.int().min(1).max(256).default(30);

/** The request goes to the path itself, as proxies want it. */
const atPath = z.strictObject({
  /** Paths that steps may name are below one of these, and not one of them. */
  under: z.array(z.string().regex(/^\/(?:[A-Za-z0-9._~-]+\/)*$/, 'write a folder such as /products/')).min(1),
  method: z.enum(['PURGE', 'BAN', 'POST', 'DELETE']).default('PURGE'),
  /** Whose pages they are, when the cache serves several sites. */
  host: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?$/)
    .optional(),
  headers: addressFields.headers,
});

/** One request names several of them, as CDNs want it. */
const listed = {
  /** {list} is a JSON list of them, {joined} a text. */
  request: writeSchema,
  joinedBy: z.enum([' ', ',', ', ']).default(' '),
  batch,
};

const cache = z
  .strictObject({
    ...endpointFields,
    paths: z
      .union([atPath, z.strictObject({ under: atPath.shape.under, site: z.string().max(300).default(''), ...listed })])
      .optional(),
    /** Surrogate keys, or cache tags. */
    keys: z.strictObject({ names: holeSchema, ...listed }).optional(),
    /** Statuses that say gone; 200 to 299, and 404 for what was not there, unless told. */
    status: z.array(status).min(1).optional(),
    /** Reads whether {item} is still there, without bringing it in. */
    look: z.strictObject({ read: readSchema, gone: z.array(z.json()).min(1) }).optional(),
    /** Requests in a second at most. */
    perSecond: z.number().min(0.1).max(1_000).default(20),
    /** Paths or keys of a step at most. */
    most: z.int().min(1).max(1_000).default(200),
  })
  .refine(({ paths, keys }) => paths !== undefined || keys !== undefined, 'say how to purge: paths, keys or both')
  .superRefine(({ paths, keys, look }, context) => {
    const complain = (path: string, used: readonly string[], known: readonly string[]) => {
      const unknown = used.find((hole) => !known.includes(hole));
      const message = `there is no hole {${unknown}} here; there are ${known.map((hole) => `{${hole}}`).join(', ')}`;
      if (unknown !== undefined) context.addIssue({ code: 'custom', path: [path], message });
    };
    if (keys !== undefined) complain('keys', holesOf(keys.request), ['list', 'joined']);
    if (paths !== undefined && 'request' in paths) complain('paths', holesOf(paths.request), ['list', 'joined']);
    if (paths !== undefined && 'method' in paths) complain('paths', holesIn(paths.headers), []);
    if (look !== undefined) complain('look', holesOfReading(look.read), ['item']);
  });

/** The part of the plugin's configuration that names caches which are purged over HTTP. */
export const httpPurgeFields = {
  httpPurge: z
    .strictObject({
      caches: z.record(name, cache).refine((caches) => Object.keys(caches).length > 0, 'name at least one cache'),
    })
    .optional(),
};

const fields = z.strictObject(httpPurgeFields);

/** That part as parsed; times are in milliseconds. */
export type HttpPurgeFields = z.infer<typeof fields>;

/** What the part says, if it is there. */
export type HttpPurgeConfig = NonNullable<HttpPurgeFields['httpPurge']>;

/** One cache as parsed. */
export type CacheConfig = HttpPurgeConfig['caches'][string];

import { z } from 'zod';
import { socketAddress } from '../../clients/socket-address.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** What a ban looks at: a header of the object, or exactly the address that was asked for. */
const plain = z
  .string()
  .regex(
    /^(?:obj\.http\.[a-z][a-z0-9-]{0,63}|req\.url|req\.http\.host)$/,
    'write obj.http.<header in small letters>, req.url or req.http.host',
  );

const field = z.union([
  plain.transform((of) => ({ of, match: 'equal' as const })),
  z
    .strictObject({ of: plain, match: z.enum(['equal', 'word']) })
    .refine(({ of, match }) => match === 'equal' || of.startsWith('obj.'), {
      path: ['match'],
      message: 'what was asked for can only be equal',
    }),
]);

const ban = z
  .record(z.string().regex(NAME), field)
  .refine((fields) => Object.keys(fields).length > 0, 'name at least one field')
  .refine((fields) => Object.keys(fields).length <= 8, 'name at most 8 fields')
  .refine(
    (fields) => !Object.values(fields).every(({ of }) => of === 'req.http.host'),
    'a ban of a whole host is a ban of nearly everything: name a further field',
  );

const cache = z.strictObject({
  /** The management ports (`-T`) of all that cache the same. */
  servers: z
    .record(
      z.string().regex(NAME),
      z.string().refine((text) => socketAddress(text) !== undefined, 'write host:port or [ipv6]:port'),
    )
    .refine((servers) => Object.keys(servers).length > 0, 'name at least one server')
    .refine((servers) => Object.keys(servers).length <= 32, 'name at most 32 servers'),
  /** What the file given to varnishd with `-S` holds. */
  secret: secret().max(4_096),
  /** What may be banned, by name: all fields of one must be given. */
  bans: z.record(z.string().regex(NAME), ban).refine((bans) => Object.keys(bans).length > 0, 'name at least one ban'),
});

const section = z.strictObject({
  caches: z
    .record(z.string().regex(NAME), cache)
    .refine((caches) => Object.keys(caches).length > 0, 'name at least one cache'),
  /** For connecting and each command. */
  timeout: timeoutSchema('2s'),
});

/** The part of the plugin's configuration that names Varnish caches. */
export const varnishFields = { varnish: section.optional() };

const fields = z.strictObject(varnishFields);

/** That part as parsed. */
export type VarnishFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type VarnishConfig = z.output<typeof section>;

/** What one ban looks at, by the names of its fields. */
export type BanFields = z.output<typeof ban>;

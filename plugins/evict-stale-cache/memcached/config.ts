import { z } from 'zod';
import { isMemcachedKey } from '../../clients/memcached.js';
import { socketAddress } from '../../clients/socket-address.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const ADVICE = 'has 1 to 250 bytes without white space and control characters';

/** A key of memcached. */
export const memcachedKey = z.string().refine(isMemcachedKey, ADVICE);

const address = z
  .string()
  .refine((text) => socketAddress(text) !== undefined, 'write host:port, [ipv6]:port or the path of a unix socket');

const cache = z
  .strictObject({
    /** All servers over which clients spread the keys: each is looked at, so it does not matter how they spread them. */
    servers: z
      .record(z.string().regex(NAME), address)
      .refine((servers) => Object.keys(servers).length > 0, 'name at least one server')
      .refine((servers) => Object.keys(servers).length <= 32, 'name at most 32 servers'),
    /** For servers started with -Y. */
    username: z
      .string()
      .regex(/^[^\s:]{1,32}$/)
      .optional(),
    password: secret()
      .max(64)
      .regex(/^\S+$/, 'must not have white space: memcached would not know it again')
      .optional(),
    /** What keys begin with that steps may name; left out, steps may name none. */
    prefixes: z.array(memcachedKey).min(1).max(64).optional(),
    /** Keys that hold the number of a namespace, which is part of the names of all its entries. */
    namespaces: z.record(z.string().regex(NAME), memcachedKey).default({}),
    /** Up to how many bytes of entries are kept with the plan, to be put back; 0 for those that nobody else should see. */
    keepBytes: z
      .int()
      .min(0)
      .max(256 * 1024)
      .default(64 * 1024),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    path: ['password'],
    message: 'username and password go together',
  })
  .refine(({ prefixes, namespaces }) => prefixes !== undefined || Object.keys(namespaces).length > 0, {
    path: ['prefixes'],
    message: 'say what may be evicted: prefixes or namespaces',
  });

const section = z.strictObject({
  caches: z
    .record(z.string().regex(NAME), cache)
    .refine((caches) => Object.keys(caches).length > 0, 'name at least one cache'),
  /** For connecting and each command. */
  timeout: timeoutSchema('1s'),
});

/** The part of the plugin's configuration that names memcached caches. */
export const memcachedFields = { memcached: section.optional() };

const fields = z.strictObject(memcachedFields);

/** That part as parsed. */
export type MemcachedFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type MemcachedConfig = z.output<typeof section>;

import { z } from 'zod';
import { timeoutSchema } from '../clients/timeout.js';
import { secret } from '../../src/plugin-sdk/index.js';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);
// Narrower than what mail allows: nothing in it can end a header or an address.
const address = z.email().max(254);

const server = z
  .strictObject({
    host: z.string().regex(/^[A-Za-z0-9_.:-]{1,253}$/, 'write a host name or an address'),
    port: z.int().min(1).max(65_535).optional(),
    /** `starttls`: encrypted before anything is said, or not at all; `implicit`: from the first byte; `none`: never. */
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    /** Absolute path of a file with the certificates to trust; those that come with Node unless told. */
    ca: z.string().startsWith('/').optional(),
    login: z.strictObject({ username: z.string().min(1).max(254), password: secret() }).optional(),
  })
  .refine(({ tls, login, host }) => tls !== 'none' || login === undefined || LOOPBACK.has(host), {
    path: ['tls'],
    message: 'none would show the password to everybody on the way: use starttls or implicit',
  });

/** The plugin's configuration: one server, and who is told through it. */
export const configSchema = z.strictObject({
  server,
  from: z.strictObject({ name: z.string().max(100).default('Firebreak'), address }),
  recipients: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i), z.strictObject({ to: z.array(address).min(1).max(50) }))
    .refine((all) => Object.keys(all).length > 0, 'name at least one'),
  /** For all of one message: connecting, logging in and handing it over. */
  timeout: timeoutSchema('10s'),
});

/** It as parsed; `timeout` is in milliseconds. */
export type Config = z.infer<typeof configSchema>;

import { z } from 'zod';
import { httpUrl } from '../../clients/http.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

// What Unleash lets features, projects and environments be called, but no dots alone, which are a way elsewhere in an address.
const name = z
  .string()
  .max(100)
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._~-]+$/, 'write a name of letters, digits and . _ ~ -');
const names = z.array(name).min(1).max(1000);

const server = z.strictObject({
  /** Without `/api`. */
  url: httpUrl,
  /** A personal access token, or that of a service account: what its owner did is told from what others did. */
  token: secret().regex(/^[\x21-\x7e]+$/, 'must be one word of printable ASCII characters'),
  /** Those that steps may name, as in the other two lists. */
  projects: names.default(['default']),
  features: names,
  environments: names,
});

const section = z.strictObject({
  servers: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), server)
    .refine((servers) => Object.keys(servers).length > 0, 'name at least one server'),
  timeout: timeoutSchema('5s'),
});

/** The part of the plugin's configuration that names Unleash servers. */
export const unleashFields = { unleash: section.optional() };

const fields = z.strictObject(unleashFields);

/** That part as parsed. */
export type UnleashFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type UnleashConfig = z.infer<typeof section>;

/** One server of it. */
export type UnleashServerConfig = z.infer<typeof server>;

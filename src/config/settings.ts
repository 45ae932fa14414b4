import { z } from 'zod';
import { MOST_NAMED } from '../telemetry/name-sets.js';
import { parseRedis } from './redis-location.js';

/** The settings, by their name in firebreak.yaml, and the environment variable that wins over it. */
export const VARIABLES = {
  host: 'FIREBREAK_HOST',
  port: 'FIREBREAK_PORT',
  publicUrl: 'FIREBREAK_PUBLIC_URL',
  role: 'FIREBREAK_ROLE',
  redisUrl: 'FIREBREAK_REDIS_URL',
  dataDir: 'FIREBREAK_DATA_DIR',
  runbooks: 'FIREBREAK_RUNBOOKS',
  topology: 'FIREBREAK_TOPOLOGY',
  morePlugins: 'FIREBREAK_PLUGINS',
  isolate: 'FIREBREAK_ISOLATE',
  durability: 'FIREBREAK_DURABILITY',
  sourceId: 'FIREBREAK_SOURCE_ID',
  logLevel: 'FIREBREAK_LOG_LEVEL',
  infoSeries: 'FIREBREAK_INFO_SERIES',
} as const;

/** Variables that only the environment can set. */
export const ONLY_IN_ENVIRONMENT = {
  config: 'FIREBREAK_CONFIG',
  exitAfterReady: 'FIREBREAK_EXIT_AFTER_READY',
  // of the command line, which may share its environment with the service
  url: 'FIREBREAK_URL',
  token: 'FIREBREAK_TOKEN',
} as const;

const host = z.string().regex(/^[\w.:-]+$/, 'must be a host name or an IP address');

const port = z
  .union([z.int(), z.string().regex(/^\d+$/).transform(Number)], { error: 'must be a port, 0 to 65535' })
  .refine((number) => number >= 0 && number <= 65_535, 'must be a port, 0 to 65535');

const MOST_INFO_SERIES = 2_000;
const infoSeries = z
  .union([z.int(), z.string().regex(/^\d+$/).transform(Number)], { error: 'must be a number, 1 to 2000' })
  .refine((number) => number >= 1 && number <= MOST_INFO_SERIES, 'must be a number, 1 to 2000');

const publicUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address such as https://firebreak.example.org' })
  .refine((text) => !/[?#]|\/\/[^/]*@/.test(text), 'must have no user, query or fragment')
  .transform((text) => text.replace(/\/+$/, ''));

const redis = z.string().transform((text, ctx) => {
  const parsed = parseRedis(text);
  if (parsed.ok) return parsed.redis;
  ctx.addIssue(parsed.detail);
  return z.NEVER;
});

const path = z
  .string()
  .min(1)
  .refine(
    (text) => !/^[a-z][a-z0-9+.-]+:\/\//.test(text),
    'must be a folder or file: sources elsewhere are not supported yet',
  );

const list = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
  .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''));

/** What every setting may be; those without a default here have one that depends on others or on the machine. */
export const settingsSchema = z.object({
  host: host.default('127.0.0.1'),
  port: port.default(9700),
  publicUrl: publicUrl.optional(),
  role: z.enum(['all', 'api', 'worker']).default('all'),
  redisUrl: redis.default({ kind: 'embedded' }),
  dataDir: path.default('./data'),
  runbooks: path.default('./runbooks'),
  topology: path.optional(),
  morePlugins: list.default([]),
  isolate: list.default([]),
  durability: z.enum(['durable', 'standard', 'ha']).default('durable'),
  sourceId: z
    .string()
    .regex(/^[\w.:-]{1,100}$/, 'must be at most 100 letters, digits and . _ : -')
    .optional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  infoSeries: infoSeries.default(MOST_NAMED),
});

/** The settings as read. */
export type Settings = z.output<typeof settingsSchema>;

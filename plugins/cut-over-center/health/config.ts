import { z } from 'zod';
import { httpUrl } from '../../clients/http.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

/** The vantage point that Firebreak is itself. */
export const HERE = 'here';

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be a short name: a-z, 0-9, _ and -');

const vantage = z.strictObject({
  /** Address of a Prometheus blackbox exporter, without `/probe`. */
  blackbox: httpUrl,
  module: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .default('http_2xx'),
  token: secret().optional(),
});

const section = z.strictObject({
  /** Which address says whether a centre is well: 2xx means that it is. */
  centers: z
    .record(name, httpUrl)
    .refine((centers) => Object.keys(centers).length > 0, 'name at least one centre and its health address'),
  /** Those that look besides Firebreak itself. */
  vantages: z
    .record(name, vantage)
    .refine((vantages) => !Object.hasOwn(vantages, HERE), `"${HERE}" is Firebreak itself: choose another name`)
    .refine((vantages) => Object.keys(vantages).length <= 7, 'at most 7 vantage points')
    .default({}),
  /** How long a centre may take to answer each vantage point. */
  timeout: timeoutSchema('300ms'),
});

/** The part of the plugin's configuration that says who looks at the centres, and where. */
export const healthFields = { health: section.optional() };

/** That part as parsed; `timeout` is in milliseconds. */
export type HealthConfig = z.output<typeof section>;

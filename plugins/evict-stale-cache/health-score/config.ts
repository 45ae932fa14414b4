import { z } from 'zod';
import { httpUrl } from '../../clients/http.js';
import { requiredDuration } from '../../clients/positive-duration.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

const query = z.string().trim().min(1).max(4_000);

const cache = z.strictObject({
  /** Share of the reads that found something in the last 10 s, 0 to 1. */
  hitRate: query,
  /** 99th percentile of their time in the last 10 s, in seconds. */
  p99: query,
  /** Share of the fallbacks that gave an answer in the last 10 s, 0 to 1. */
  fallback: query,
  /** Up to here a p99 is as good as can be. */
  target: requiredDuration('a target'),
});

const section = z.strictObject({
  /** What speaks Prometheus' query API; may carry a path in front of /api/v1/query_range. */
  prometheus: httpUrl,
  token: secret().optional(),
  /** For each query. */
  timeout: timeoutSchema('2s'),
  caches: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), cache)
    .refine((caches) => Object.keys(caches).length > 0, 'name at least one cache'),
});

/** The part of the plugin's configuration that says where the figures of caches are. */
export const healthScoreFields = { healthScore: section.optional() };

const fields = z.strictObject(healthScoreFields);

/** That part as parsed. */
export type HealthScoreFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` and each `target` are in milliseconds. */
export type HealthScoreConfig = z.output<typeof section>;

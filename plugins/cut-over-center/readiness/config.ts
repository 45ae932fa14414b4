import { z } from 'zod';
import { httpUrl } from '../../clients/http.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

const section = z.strictObject({
  /** What speaks Prometheus' query API; may carry a path in front of /api/v1/query. */
  prometheus: httpUrl,
  token: secret().optional(),
  /** For each query. */
  timeout: timeoutSchema('2s'),
});

/** The part of the plugin's configuration that says where the figures of the centres are. */
export const readinessFields = { readiness: section.optional() };

/** That part as parsed; `timeout` is in milliseconds. */
export type ReadinessConfig = z.output<typeof section>;

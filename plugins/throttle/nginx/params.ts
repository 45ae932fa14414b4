import { z } from 'zod';
import { limitFields } from '../fields.js';
import type { NginxConfig } from './config.js';

/**
 * Makes the schema of the parameters of `throttle/nginx`.
 *
 * @param config decides which limits a step may name
 */
export function paramsSchema({ nginx }: NginxConfig) {
  // `full` is no parameter: nginx has always a rate.
  const { full: _full, ...fields } = limitFields;
  return z.strictObject({ name: z.enum(Object.keys(nginx?.limits ?? {})), ...fields });
}

/** Parameters of `throttle/nginx`; `limit` is in requests per second. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

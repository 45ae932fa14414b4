import { z } from 'zod';
import type { Json } from '../../../src/plugin-sdk/index.js';
import { valueSchema, valuesSchema, type Values } from '../../clients/templated/holes.js';
import type { HttpConfig } from './config.js';

/** What a step says: which service, what fills the holes of its requests, and which value is wanted. */
export interface Params {
  readonly service: string;
  readonly values: Values;
  readonly value: string | number | boolean;
}

/**
 * Makes the schema of the parameters of `degrade-feature/http`.
 *
 * @param config decides which services a step may name, what may come into their holes, and which values it may set
 */
export function paramsSchema(config: HttpConfig | undefined): z.ZodType<Params> {
  const [first, ...rest] = Object.entries(config?.services ?? {}).map(([service, { holes, value }]) => {
    const values = valuesSchema(holes);
    return z.strictObject({
      service: z.literal(service),
      values: Object.keys(holes).length === 0 ? values.default({}) : values,
      value: valueSchema(value),
    });
  });
  if (first === undefined) return z.never('no feature service is configured: name services under http of the plugin');
  return z.discriminatedUnion('service', [first, ...rest]);
}

const json: z.ZodType<Json> = z.json();

/** What each part was, in the order of the configuration. */
export const beforeSchema = z.strictObject({ values: z.array(json) });

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

import { z } from 'zod';
import { parseDuration } from '../../../src/plugin-sdk/index.js';
import type { ReadinessConfig } from './config.js';

const center = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be the id of a centre: a-z, 0-9, _ and -');
const query = z.string().trim().min(1).max(4_000);
const label = z.string().regex(/^[a-zA-Z_]\w{0,62}$/, 'must be the name of a label');

const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.ms;
  context.addIssue({ code: 'custom', message: parsed.detail });
  return z.NEVER;
});

/** A number, also as a text: that is what a template such as `{{topology.center.capacity}}` makes of it. */
const amount = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'must be a number')
      .transform(Number),
  ])
  .refine((number) => number > 0, 'must be more than 0');

const headroom = z.strictObject({
  /** The load that counts against `capacity`, as one number or one for each centre. */
  load: query,
  /** The load that comes along; when left out, that of `from` in `load`. */
  takes: query.optional(),
  capacity: amount,
  /** Share of `capacity` that must be left free. */
  least: z.number().min(0).max(1).default(0.2),
});

const policies = z.strictObject({
  query: query.default('policy_info'),
  /** The label that has the name of the policy. */
  label: label.default('policy'),
  version: label.default('version'),
  /** Those that must be there whatever the other centre has. */
  required: z.array(z.string().min(1).max(200)).max(1_000).default([]),
});

const limit = z.strictObject({ query, most: duration });

/** The checks, by name, each with what it is held against; times are in milliseconds. */
const fields = z.strictObject({
  center,
  from: center,
  /** The label that names centres in the results of all queries. */
  label: label.default('center'),
  headroom: headroom.optional(),
  lag: limit.optional(),
  policies: policies.optional(),
  drill: limit.optional(),
});

/**
 * Makes the schema of the parameters of `cut-over-center/readiness`.
 *
 * @param config without it nothing can be asked, so that no parameters are right
 */
export function paramsSchema(config: ReadinessConfig | undefined) {
  return fields
    .refine(() => config !== undefined, 'nobody can be asked: configure readiness.prometheus of the plugin')
    .refine(
      ({ headroom: a, lag: b, policies: c, drill: d }) => [a, b, c, d].some((check) => check !== undefined),
      'checks nothing: add headroom, lag, policies or drill',
    )
    .refine((params) => params.center !== params.from, {
      path: ['from'],
      message: 'must be another centre than the one that takes over',
    });
}

/** Parameters of `cut-over-center/readiness`. */
export type Params = z.output<typeof fields>;

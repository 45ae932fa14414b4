import { z } from 'zod';
import { dnsLabel, duration, title } from '../catalog/schema-fields.js';
import { parseComparison } from './comparison.js';
import { httpAddress, inject, variableName } from './inject-schema.js';

const HOUR_MS = 3_600_000;
/** Prometheus answers at most 11,000 points; nobody reads a plot of more than these. */
const MOST_POINTS = 2_000;

const comparison = z.string().transform((text, ctx) => {
  const parsed = parseComparison(text);
  if (parsed !== undefined) return parsed;
  ctx.addIssue('must be a comparison with a number, such as "< 0.005"');
  return z.NEVER;
});

const condition = { query: z.string().trim().min(1).max(5_000), is: comparison };

const slo = z.strictObject({ name: dnsLabel, ...condition, samples: z.int().min(1).max(MOST_POINTS).default(5) });

const expect = z
  .strictObject({
    runbook: dnsLabel,
    outcome: z.enum(['succeeded', 'holding', 'reverted', 'failed', 'dry-run', 'not-needed', 'blocked']).optional(),
    recovery: duration(1, HOUR_MS).optional(),
    within: duration(0, HOUR_MS).prefault('30s'),
    felt: z.strictObject(condition).optional(),
  })
  .superRefine(({ runbook, outcome, felt }, ctx) => {
    if (runbook !== 'none') return;
    if (felt === undefined)
      ctx.addIssue('needs `felt` when runbook is none: without it a fault that reached nobody would pass');
    if (outcome !== undefined)
      ctx.addIssue({ code: 'custom', path: ['outcome'], message: 'there is no outcome when runbook is none' });
  });

const spec = z
  .strictObject({
    target: z
      .string()
      .trim()
      .min(1, 'must not be empty: a drill is held on one target')
      .max(200)
      .regex(/^[^*{}\s]*$/, 'must be one target as executions name it, without a wildcard or a template'),
    prometheus: z.strictObject({ url: httpAddress, tokenFrom: variableName.optional() }),
    inject,
    expect,
    slo: z
      .array(slo)
      .min(1, 'must not be empty: without an SLO every drill would pass')
      .max(20)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'a name stands there twice'),
    abortIf: z.array(z.strictObject(condition)).max(10).default([]),
    traffic: z.strictObject({ url: httpAddress, perSecond: z.int().min(1).max(1_000).default(20) }).optional(),
    steady: duration(1000, HOUR_MS).prefault('10s'),
    every: duration(100, 60_000).prefault('1s'),
    settle: duration(0, HOUR_MS).prefault('5s'),
  })
  .refine((given) => (given.steady + given.inject.for + given.settle) / given.every <= MOST_POINTS, {
    path: ['every'],
    error: `more than ${MOST_POINTS} samples: look less often or for a shorter time`,
  })
  .superRefine(({ inject: fault, expect: { recovery = 0 }, slo: all, settle, every }, ctx) => {
    // a killed pod is brought back by its controller, whenever that is; everything else is brought back by `for`
    const ends = fault.chaosMesh === undefined || fault.kill !== true;
    if (ends && recovery >= fault.for)
      ctx.addIssue({
        code: 'custom',
        path: ['expect', 'recovery'],
        message: 'must be shorter than inject.for: later it is the end of the fault that brings the service back',
      });
    const most = Math.floor((fault.for + settle - recovery) / every) + 1;
    const short = all.findIndex(({ samples }) => samples > most);
    if (short >= 0)
      ctx.addIssue({
        code: 'custom',
        path: ['slo', short, 'samples'],
        message: `only ${Math.max(0, most)} samples are taken from the recovery to the end: it could never pass`,
      });
  });

/** A drill's file; its spelling is that of docs/drills.md, and a test compares the two. */
export const drillSchema = z.strictObject({
  apiVersion: z.literal('firebreak/v1'),
  kind: z.literal('Drill'),
  metadata: z.strictObject({ name: dnsLabel, title, owner: title }),
  spec,
});

/** A drill as read: defaults filled in, durations in milliseconds, comparisons ready. */
export type Drill = z.output<typeof drillSchema>;

/** Something that has to hold: a query, and what each of its values must be. */
export type Slo = Drill['spec']['slo'][number];

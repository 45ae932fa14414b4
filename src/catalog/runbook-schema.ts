import { z } from 'zod';
import { roleName } from '../access/role-name.js';
import { matchesAbsent, parseMatchers } from '../core/matcher.js';
import { count, guards, MAX_PROBES, probe } from './guards-schema.js';
import { callDuration, dnsLabel, duration, parameters, qualifiedName, template, title } from './schema-fields.js';
import { compileTarget } from './target-template.js';
import { compileText } from './template-engine.js';

const MAX_SAMPLES = 1000;
/** An execution carries with it what was measured in all its verifications. */
const MAX_SAMPLES_IN_ALL = 2000;

const matcher = z.string().transform((text, ctx) => {
  const parsed = parseMatchers(text);
  if (parsed.ok) return parsed.matchers;
  ctx.addIssue(parsed.detail);
  return z.NEVER;
});

const match = z
  .array(matcher)
  .min(1, 'must not be empty: an empty selector never means "all"')
  .transform((lists) => lists.flat())
  .refine((matchers) => matchers.length === 0 || matchers.some((one) => !matchesAbsent(one)), {
    error:
      'every matcher also holds for an alert without that label, so this would match nearly all: add one such as alertname="..."',
  });

const MAX_APPROVERS = 10;

const approval = z.strictObject({
  required: count.max(MAX_APPROVERS).default(1),
  within: duration(1000).prefault('15m'),
  roles: z.array(roleName).max(MAX_APPROVERS).default(['approver']),
  onExpiry: z.enum(['close', 'escalate']).default('close'),
});

const verify = z
  .strictObject({
    ...probe,
    every: callDuration.prefault('5s'),
    healthy: count.default(3),
    unhealthy: count.default(3),
    unknown: count.default(3),
    error: count.optional(),
    worse: count.optional(),
    guards: z
      .array(z.strictObject({ name: dnsLabel, ...probe }))
      .max(MAX_PROBES)
      .default([]),
    within: duration(1).prefault('2m'),
  })
  .refine(({ every, within }) => within / every <= MAX_SAMPLES, {
    path: ['every'],
    error: `more than ${MAX_SAMPLES} samples: ask less often or for a shorter time`,
  })
  .refine(({ every, healthy, within }) => (healthy - 1) * every <= within, {
    path: ['within'],
    error: 'too short for as many healthy samples as are asked for',
  });

function samplesIn(judged: z.output<typeof verify> | undefined): number {
  const samples = judged === undefined ? 0 : judged.within / judged.every;
  // too many by themselves are a mistake of their own
  return samples > MAX_SAMPLES ? 0 : samples;
}

const step = z.strictObject({
  name: dnsLabel,
  uses: qualifiedName,
  with: parameters.prefault({}),
  timeout: callDuration.prefault('30s'),
  attempts: count.max(100).default(3),
  backoff: duration(0).prefault('1s'),
  verify: verify.optional(),
});

const objective = z
  .strictObject({ recovery: duration(1).optional(), dataLoss: duration(0).optional() })
  .refine(({ recovery, dataLoss }) => recovery !== undefined || dataLoss !== undefined, {
    error: 'says recovery, dataLoss or both',
  });

const filledIn = template((text) => compileText(text));

const fields = z.strictObject({
  match,
  target: template(compileTarget),
  params: z.record(z.string(), z.json()).default({}),
  mode: z.enum(['observe', 'approve', 'auto']).default('approve'),
  priority: z.int().default(100),
  approval: approval.prefault({}),
  guards: guards.prefault({}),
  steps: z.array(step).min(1),
  verify: verify.optional(),
  onUnhealthy: z.enum(['revert', 'hold']).default('revert'),
  onResolved: z.enum(['keep', 'revert']).default('keep'),
  clearFor: duration(0).prefault('5m'),
  lease: duration(1000).optional(),
  maxLease: duration(1000).optional(),
  escalate: dnsLabel.optional(),
  chooseCenter: z.strictObject({ insteadOf: filledIn, service: filledIn.optional() }).optional(),
  serving: z.strictObject({ out: filledIn, in: filledIn.optional() }).optional(),
  notify: z.array(qualifiedName).default([]),
  objective: objective.optional(),
});

const spec = fields.refine(
  ({ steps, verify: ofResult }) =>
    steps.reduce((sum, one) => sum + samplesIn(one.verify), samplesIn(ofResult)) <= MAX_SAMPLES_IN_ALL,
  {
    path: ['steps'],
    error: `more than ${MAX_SAMPLES_IN_ALL} samples in all verifications together: ask less often or for a shorter time`,
  },
);

/** A runbook file; its spelling is that of docs/writing-a-runbook.md, and a test compares the two. */
export const runbookSchema = z.strictObject({
  apiVersion: z.literal('firebreak/v1'),
  kind: z.literal('Runbook'),
  metadata: z.strictObject({ name: dnsLabel, title, owner: title }),
  spec,
});

/** A runbook file as read: defaults filled in, durations in milliseconds, matchers and templates compiled. */
export type RunbookFile = z.output<typeof runbookSchema>;

import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const parameters = z.record(z.string(), z.json()).catch({});
const named = { name: undefined, with: {} };
const probe = z.looseObject({ name: text, probe: text, with: parameters.prefault({}) }).catch(named);
const probes = z.array(probe).catch([]).prefault([]);
const verify = z
  .looseObject({ probe: text, with: parameters.prefault({}), guards: probes })
  .optional()
  .catch(undefined);
const step = z.looseObject({ name: text, uses: text, with: parameters.prefault({}), verify }).catch(named);

const blastRadius = z.looseObject({ by: text, percent: z.unknown().optional() }).optional().catch(undefined);
const storm = z.looseObject({ propose: text }).optional().catch(undefined);
const guards = z.looseObject({ blastRadius, storm, require: probes });
const approval = z.looseObject({ onExpiry: text });
const chooseCenter = z
  .looseObject({ insteadOf: text, service: text })
  .catch({ insteadOf: undefined, service: undefined });
const serving = z.looseObject({ out: text, in: text }).catch({ out: undefined, in: undefined });

const spec = z.looseObject({
  mode: text,
  approval: approval.catch({ onExpiry: undefined }).prefault({}),
  guards: guards.catch(guards.parse({})).prefault({}),
  steps: z.array(step).catch([]).prefault([]),
  verify,
  onUnhealthy: z.unknown().default('revert'),
  onResolved: z.unknown().optional(),
  lease: z.unknown().optional(),
  maxLease: z.unknown().optional(),
  escalate: z.unknown().optional(),
  chooseCenter: chooseCenter.optional(),
  serving: serving.optional(),
  notify: z.array(text).catch([]).prefault([]),
});

const glance = z.looseObject({
  metadata: z.looseObject({ name: text }).catch({ name: undefined }).prefault({}),
  spec: spec.catch(spec.parse({})).prefault({}),
});

/**
 * As much of a runbook file as can be made out, whatever else is wrong with it, so that all mistakes of a file come out
 * at once and not one after the other.
 */
export type RunbookGlance = z.output<typeof glance>;

/** Reads what can be read of a runbook file; never fails. */
export function glanceAt(value: unknown): RunbookGlance {
  return glance.catch(glance.parse({})).parse(value);
}

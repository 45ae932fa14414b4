import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const parameters = z.record(z.string(), z.json()).catch({});
const step = z
  .looseObject({ name: text, uses: text, with: parameters.prefault({}) })
  .catch({ name: undefined, uses: undefined, with: {} });
const verify = z
  .looseObject({ probe: text, with: parameters.prefault({}) })
  .optional()
  .catch(undefined);

const spec = z.looseObject({
  mode: text,
  steps: z.array(step).catch([]).prefault([]),
  verify,
  onUnhealthy: z.unknown().default('revert'),
  onResolved: z.unknown().optional(),
  lease: z.unknown().optional(),
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

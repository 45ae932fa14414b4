import { z } from 'zod';

/** What the command line reads of answers; whatever else they hold is left alone. */
const change = z.object({ resource: z.string(), attribute: z.string(), from: z.unknown(), to: z.unknown() });

const planStep = z.object({
  name: z.string(),
  uses: z.string(),
  asks: z.string().optional(),
  summary: z.string(),
  idle: z.string().optional(),
  changes: z.array(change),
  risk: z.string().optional(),
  facts: z.record(z.string(), z.string()).optional(),
  onRevert: z.union([z.array(change), z.string()]),
});

const grant = z.object({
  by: z.string(),
  roles: z.array(z.string()).optional(),
  at: z.string(),
  reason: z.string().optional(),
});

const sample = z.object({
  name: z.string().optional(),
  at: z.string(),
  status: z.string(),
  value: z.number().optional(),
  detail: z.string(),
});

const verification = z.object({
  samples: z.array(sample.extend({ guards: z.array(sample).optional() })),
  baseline: z.array(sample).optional(),
  verdict: z.string().optional(),
});

const candidate = z.object({
  center: z.string(),
  score: z.number().optional(),
  parts: z.object({ region: z.number(), vendor: z.number(), health: z.number(), load: z.number() }),
  health: z.number().optional(),
  load: z.number().optional(),
  latencyMs: z.number().optional(),
  ruledOut: z.string().optional(),
});

const choice = z.object({
  insteadOf: z.string(),
  chosen: z.string(),
  service: z.string().optional(),
  candidates: z.array(candidate),
});

/** An execution. */
export const execution = z.object({
  id: z.string(),
  runbook: z.string(),
  runbookVersion: z.string(),
  target: z.string(),
  phase: z.string(),
  outcome: z.string().optional(),
  detail: z.string().optional(),
  mode: z.string(),
  lowered: z.object({ from: z.string(), why: z.string(), detail: z.string() }).optional(),
  dryRun: z.boolean(),
  trigger: z.string(),
  requestedBy: z.string(),
  reason: z.string().optional(),
  startBy: z.string().optional(),
  choice: choice.optional(),
  alert: z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) }).optional(),
  plan: z
    .object({ steps: z.array(planStep), digest: z.string(), changedSinceShown: z.array(z.string()).optional() })
    .optional(),
  approval: z.object({
    required: z.number(),
    roles: z.array(z.string()).optional(),
    grants: z.array(grant),
    missing: z.string().optional(),
    expiresAt: z.string().optional(),
  }),
  steps: z.array(
    z.object({
      name: z.string(),
      uses: z.string(),
      state: z.string(),
      attempts: z.number(),
      startedAt: z.string().optional(),
      finishedAt: z.string().optional(),
      error: z.string().optional(),
      verification: verification.extend({ startedAt: z.string(), finishedAt: z.string().optional() }).optional(),
    }),
  ),
  verification,
  lease: z
    .object({
      until: z.string(),
      extendableUntil: z.string().optional(),
      clearSince: z.string().optional(),
      reason: z.string(),
    })
    .optional(),
  held: z.object({ cause: z.string(), since: z.string() }).optional(),
  taken: z.object({ by: z.string(), at: z.string(), until: z.string(), reason: z.string().optional() }).optional(),
  escalation: z
    .object({
      is: z.string(),
      runbook: z.string(),
      executionId: z.string().optional(),
      detail: z.string().optional(),
      because: z.string().optional(),
    })
    .optional(),
  escalatedFrom: z.string().optional(),
  openedAt: z.string(),
  closedAt: z.string().optional(),
});

/** An execution as the service shows it. */
export type ShownExecution = z.output<typeof execution>;
/** How the centre that takes over was chosen. */
export type ShownChoice = z.output<typeof choice>;
/** One step of its plan. */
export type ShownStep = z.output<typeof planStep>;
/** One change of a plan. */
export type ShownChange = z.output<typeof change>;

/** A list of something, as all lists come. */
export function listOf<T>(item: z.ZodType<T>): z.ZodType<{ items: T[] }> {
  return z.object({ items: z.array(item) });
}

/** A runbook, with its figures. */
export const runbook = z.object({
  name: z.string(),
  title: z.string(),
  owner: z.string(),
  version: z.string(),
  mode: z.string(),
  effectiveMode: z.string(),
  target: z.string(),
  match: z.array(z.string()),
  steps: z.array(z.object({ name: z.string(), uses: z.string() })),
  scorecard: z.object({
    counts: z.record(z.string(), z.number()),
    medianRecoverySeconds: z.number().optional(),
    failuresInARow: z.number(),
    trust: z.object({ to: z.string(), why: z.string(), executionId: z.string(), at: z.string() }).optional(),
  }),
});

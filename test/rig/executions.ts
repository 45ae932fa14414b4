import { z } from 'zod';

const moment = z
  .union([z.number(), z.string().transform((text) => Date.parse(text))])
  .nullish()
  .transform((value) => value ?? undefined);

const execution = z.object({
  id: z.string(),
  runbook: z.string(),
  phase: z.string(),
  outcome: z.string().nullish(),
  detail: z.string().nullish(),
  closedAt: moment,
  timeline: z.object({
    startsAt: moment,
    receivedAt: moment,
    openedAt: moment,
    firstEffectAt: moment,
    appliedAt: moment,
    verifiedAt: moment,
  }),
});

/** What the rig reads of an execution; moments in milliseconds since the epoch. */
export type ExecutionView = z.infer<typeof execution>;

const page = z.union([
  z.array(execution),
  z.object({ executions: z.array(execution) }).transform((body) => body.executions),
  z.object({ items: z.array(execution) }).transform((body) => body.items),
]);

/** Reads the newest executions from a running Firebreak. */
export async function readExecutions(url: string, token: string): Promise<readonly ExecutionView[]> {
  const answer = await fetch(`${url}/api/v1/executions?limit=20`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`Firebreak answered ${answer.status} to a question for its executions`);
  return page.parse(await answer.json());
}

import { z } from 'zod';
import { PHASES } from '../core/execution.js';
import type { SeenExecution, Service } from '../drill/ports.js';
import { ask } from './client.js';

const moment = z.iso.datetime().transform((text) => Date.parse(text));
const execution = z
  .object({
    id: z.string(),
    runbook: z.string(),
    phase: z.string(),
    trigger: z.string().exactOptional(),
    outcome: z.string().exactOptional(),
    detail: z.string().exactOptional(),
    openedAt: moment,
    closedAt: moment.exactOptional(),
    timeline: z.record(z.string(), moment),
  })
  .transform(({ closedAt, timeline, ...rest }): SeenExecution => {
    const end = closedAt === undefined ? {} : { closedAt };
    return { ...rest, ...end, timeline: { ...timeline, ...end } };
  });
const executions = z.object({ items: z.array(execution) });
const ids = z.object({ items: z.array(z.object({ id: z.string() })) });
const names = z.object({ items: z.array(z.object({ name: z.string() })) });
const pauses = z.object({ items: z.array(z.object({ scope: z.string(), reason: z.string() })) });

/** Asks the service at FIREBREAK_URL what a drill has to know, and reports to it. */
export const DRILL_SERVICE: Service = {
  runbooks: async () => (await ask(names, { path: '/api/v1/runbooks' })).items.map(({ name }) => name),
  pauses: async () => (await ask(pauses, { path: '/api/v1/pauses' })).items,
  openOn: async (target) => {
    const open = PHASES.filter((phase) => phase !== 'closed');
    const found = await Promise.all(
      open.map((phase) => ask(ids, { path: '/api/v1/executions', query: { target, phase, limit: '1' } })),
    );
    return found.flatMap(({ items }) => items.map(({ id }) => id));
  },
  executionsOn: async (target) =>
    (await ask(executions, { path: '/api/v1/executions', query: { target, limit: '50' } })).items,
  report: async ({ startedAt, endedAt, recoveryMs, objectiveMs, ...rest }) => {
    const body = {
      ...rest,
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
      ...(recoveryMs === undefined ? {} : { recoverySeconds: recoveryMs / 1000 }),
      ...(objectiveMs === undefined ? {} : { objectiveSeconds: objectiveMs / 1000 }),
    };
    await ask(z.unknown(), { method: 'POST', path: '/api/v1/drills', body });
  },
};

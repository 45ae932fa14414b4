import { z } from 'zod';
import { dnsLabel } from '../catalog/schema-fields.js';

const DAY_SECONDS = 86_400;
const seconds = z.number().min(0).max(DAY_SECONDS);
const slo = z.strictObject({ name: dnsLabel, breached: z.boolean() });
const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{C}*$/u, 'must be on one line');

/** How a drill ended, as `firebreak drill` reports it. */
export const drillBody = z
  .strictObject({
    drill: dnsLabel,
    target: oneLine(200).refine((text) => !text.includes('*'), 'must be one target'),
    runbook: dnsLabel.exactOptional(),
    startedAt: z.iso.datetime({ offset: true }),
    endedAt: z.iso.datetime({ offset: true }),
    passed: z.boolean(),
    detail: oneLine(1_000),
    recoverySeconds: seconds.exactOptional(),
    objectiveSeconds: seconds.exactOptional(),
    slos: z.array(slo).max(20),
    executions: z.array(oneLine(100)).max(50),
  })
  .refine(({ passed, slos }) => !passed || slos.every(({ breached }) => !breached), {
    path: ['passed'],
    error: 'a drill in which something did not hold has not passed',
  })
  .refine(
    ({ passed, recoverySeconds: took = Infinity, objectiveSeconds: most = Infinity }) => !passed || took <= most,
    { path: ['passed'], error: 'a drill in which the recovery took too long, or never came, has not passed' },
  )
  .refine(({ slos }) => new Set(slos.map(({ name }) => name)).size === slos.length, {
    path: ['slos'],
    error: 'a name stands there twice',
  });

/** The same as read. */
export type DrillBody = z.output<typeof drillBody>;

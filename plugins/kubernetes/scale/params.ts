import { z } from 'zod';
import { ruleFor, type Config, type WorkloadRef } from '../config.js';
import { allowed, workloadFields } from '../params.js';

const MOST = 10_000;

/**
 * Makes the schema of the parameters of `kubernetes/scale`.
 *
 * @param config decides which workloads a step may name, and how many replicas they may have
 */
export function paramsSchema(config: Config) {
  const may = allowed(config, ({ scale }) => scale !== undefined, 'scaled');
  return z
    .strictObject({
      ...workloadFields(config),
      /** How many there are to be. */
      replicas: z.int().min(0).max(MOST).optional(),
      /** Or how many more than when it is planned; less when below 0. It ends at the bounds. */
      add: z.int().min(-MOST).max(MOST).optional(),
    })
    .superRefine((given, context) => {
      const bounds = may(given, context)?.scale;
      const { replicas, add } = given;
      if ((replicas === undefined) === (add === undefined))
        context.addIssue({ code: 'custom', path: ['replicas'], message: 'write replicas or add' });
      if (add === 0) context.addIssue({ code: 'custom', path: ['add'], message: 'must not be 0' });
      if (bounds === undefined || replicas === undefined) return;
      if (replicas >= bounds.least && replicas <= bounds.most) return;
      const message = `must be ${bounds.least} to ${bounds.most}, says the configuration of the plugin`;
      context.addIssue({ code: 'custom', path: ['replicas'], message });
    });
}

/** Parameters of `kubernetes/scale`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** Gives how many replicas there are to be, from how many there are. */
export function wantedOf(config: Config, params: Params & WorkloadRef, from: number): number {
  const { replicas, add = 0 } = params;
  const bounds = ruleFor(config, params)?.scale;
  if (replicas !== undefined || bounds === undefined) return replicas ?? from;
  const wanted = Math.min(Math.max(from + add, bounds.least), bounds.most);
  // A bound that it is beyond already must not turn the direction around.
  return Math.sign(wanted - from) === Math.sign(add) ? wanted : from;
}

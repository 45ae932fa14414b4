import { z } from 'zod';
import {
  dnsLabel,
  dnsName,
  ruleFor,
  workloadKind,
  type Config,
  type WorkloadRef,
  type WorkloadRule,
} from './config.js';

/** The parameters that say which workload. */
export function workloadFields({ clusters }: Config) {
  return { cluster: z.enum(Object.keys(clusters)), namespace: dnsLabel, kind: workloadKind, name: dnsName };
}

/**
 * Makes a check that the configuration lets steps do something to a workload.
 *
 * @param config the plugin's
 * @param permits says whether a rule permits it
 * @param done what may not be done, as in "may not be scaled"
 */
export function allowed(config: Config, permits: (rule: WorkloadRule) => boolean, done: string) {
  return (wanted: WorkloadRef, context: z.RefinementCtx): WorkloadRule | undefined => {
    const rule = ruleFor(config, wanted);
    if (rule !== undefined && permits(rule)) return rule;
    const message = `${wanted.kind} ${wanted.namespace}/${wanted.name} may not be ${done}: name it under workloads of the cluster ${wanted.cluster}, if that is wanted`;
    context.addIssue({ code: 'custom', path: ['name'], message });
    return undefined;
  };
}

import { oneLine } from '../clients/one-line.js';
import type { Workload } from './workload.js';

/** Whether the controller has done what the specification says, or what is missing, and what hinders it. */
export type Rollout =
  { readonly done: true } | { readonly done: false; readonly missing: string; readonly hindered?: string };

/** Says whether as many replicas are ready as are wanted, and no more are left. */
export function scaled(workload: Workload): Rollout {
  const { spec, status } = workload;
  if (!isObserved(workload)) return { done: false, missing: 'its controller has not seen it yet' };
  if (status.readyReplicas >= spec.replicas && status.replicas <= spec.replicas) return { done: true };
  const missing =
    status.replicas > spec.replicas
      ? `${status.replicas - spec.replicas} more than ${spec.replicas} are still there`
      : `${status.readyReplicas} of ${spec.replicas} are ready`;
  return { done: false, missing, ...hindrance(workload) };
}

/** Says whether all replicas are of the present template and available. */
export function rolledOut(workload: Workload): Rollout {
  const { spec, status } = workload;
  if (!isObserved(workload)) return { done: false, missing: 'its controller has not seen it yet' };
  const { updatedReplicas, availableReplicas, replicas } = status;
  const missing = (text: string): Rollout => ({ done: false, missing: text, ...hindrance(workload) });
  if (updatedReplicas < spec.replicas) return missing(`${updatedReplicas} of ${spec.replicas} are new`);
  if (replicas > updatedReplicas) return missing(`${replicas - updatedReplicas} old ones are still there`);
  if (availableReplicas < spec.replicas) return missing(`${availableReplicas} of ${spec.replicas} are available`);
  const { currentRevision, updateRevision } = status;
  if (workload.kind === 'statefulset' && currentRevision !== updateRevision)
    return missing('the last one is being replaced');
  return { done: true };
}

/** What the controller said of an older specification does not count. */
function isObserved({ metadata, status }: Workload): boolean {
  return status.observedGeneration >= metadata.generation;
}

function hindrance({ status }: Workload): { hindered?: string } {
  const failing = status.conditions.find(
    ({ type, status: is, reason }) =>
      (type === 'ReplicaFailure' && is === 'True') ||
      (type === 'Progressing' && is === 'False' && reason === 'ProgressDeadlineExceeded'),
  );
  if (failing === undefined) return {};
  return { hindered: oneLine(`${failing.reason ?? failing.type}: ${failing.message ?? 'no reason is given'}`) };
}

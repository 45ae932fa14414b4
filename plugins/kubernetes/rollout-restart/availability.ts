import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Budget } from '../cluster.js';
import { rolledOut } from '../rollout.js';
import type { Workload } from '../workload.js';

/**
 * Says how many replicas a restart takes away at once at most, as the controllers reckon it.
 *
 * @param workload the strategy and the number of replicas count
 */
export function lostAtOnce(workload: Workload): number {
  const { replicas } = workload.spec;
  if (workload.kind === 'statefulset') {
    const { maxUnavailable } = workload.spec.updateStrategy.rollingUpdate ?? {};
    return Math.min(replicas, Math.max(1, portion(maxUnavailable ?? 1, replicas, Math.floor)));
  }
  const { type, rollingUpdate } = workload.spec.strategy;
  if (type === 'Recreate') return replicas;
  const surge = portion(rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const lost = portion(rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  // Neither more nor less would never get anywhere: then it is one at a time.
  return Math.min(replicas, surge === 0 && lost === 0 ? 1 : lost);
}

/**
 * Sees to it that a restart of a workload that is as it should be leaves enough of it.
 *
 * @param what the workload is called in errors
 * @throws PluginError `nothing-to-restart`, `paused`, `restarts-by-hand`, `rollout-under-way`, `would-leave-nothing`
 */
export function assertRestartable(workload: Workload, what: string): void {
  const { replicas } = workload.spec;
  if (replicas === 0) throw new PluginError('nothing-to-restart', `${what} has no replicas`, false);
  if (workload.kind === 'deployment' && workload.spec.paused)
    throw new PluginError('paused', `${what} is paused, so nothing would be restarted: resume it first`, false);
  if (workload.kind === 'statefulset') assertReplacing(workload, what);
  const rollout = rolledOut(workload);
  if (!rollout.done) {
    const because = rollout.hindered === undefined ? '' : ` (${rollout.hindered})`;
    const detail = `a rollout of ${what} is under way: ${rollout.missing}${because}`;
    throw new PluginError('rollout-under-way', `${detail}; wait for its end, or end it`);
  }
  if (replicas - lostAtOnce(workload) > 0) return;
  const advice = 'lower maxUnavailable, let it surge, or give it more replicas';
  throw new PluginError(
    'would-leave-nothing',
    `a restart takes all ${replicas} replicas of ${what} at once: ${advice}`,
    false,
  );
}

/**
 * Sees to it that a restart leaves what the budgets of its pods ask for.
 *
 * @param budgets of its namespace
 * @param what the workload is called in errors
 * @throws PluginError `would-break-budget`
 */
export function assertWithinBudgets(workload: Workload, budgets: readonly Budget[], what: string): void {
  const left = workload.spec.replicas - lostAtOnce(workload);
  const { labels } = workload.spec.template.metadata;
  const broken = budgets.find((budget) => covers(budget, labels) && left < (budget.status?.desiredHealthy ?? 0));
  if (broken === undefined) return;
  const wanted = `${broken.status?.desiredHealthy ?? 0} as the PodDisruptionBudget ${broken.metadata.name} asks for`;
  throw new PluginError('would-break-budget', `a restart of ${what} may leave ${left} replicas, not ${wanted}`, false);
}

function assertReplacing({ spec }: Workload & { kind: 'statefulset' }, what: string): void {
  const { type, rollingUpdate } = spec.updateStrategy;
  const partition = rollingUpdate?.partition ?? 0;
  if (type === 'RollingUpdate' && partition === 0) return;
  const because = type === 'OnDelete' ? 'OnDelete' : `a partition of ${partition}`;
  const detail = `${what} has ${because}: its controller would not replace all of its pods`;
  throw new PluginError('restarts-by-hand', `${detail}; restart it by hand`, false);
}

/** An empty selector is one for all pods, a missing one for none. */
function covers({ spec: { selector } }: Budget, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return false;
  const { matchLabels, matchExpressions } = selector;
  const fits = matchExpressions.every(({ key, operator, values }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
    return true; // better one budget too many than one too few
  });
  return fits && Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

function portion(share: number | string, of: number, round: (exact: number) => number): number {
  return typeof share === 'number' ? share : round((Number.parseInt(share, 10) * of) / 100);
}

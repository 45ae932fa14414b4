import { PHASES, type Execution, type Phase } from '../core/execution.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { PresentExecutions } from '../telemetry/gauge-sources.js';

/** Which of too many are named: what needs a person or changes something now comes before what only waits for its time. */
const IN_ORDER = [
  'held',
  'reverting',
  'applying',
  'verifying',
  'awaiting-approval',
  'planning',
  'holding',
] as const satisfies readonly Exclude<Phase, 'closed'>[];

/**
 * Gives the executions that metrics name. However many there are, it reads three times `most` of them at the most.
 *
 * @param store where they are kept
 * @param most so many of each kind, the newest
 */
export async function presentExecutions(
  store: Pick<ExecutionStore, 'countOpen' | 'list' | 'revertible'>,
  most: number,
): Promise<PresentExecutions> {
  const [counts, revertible] = await Promise.all([store.countOpen(), store.revertible(most)]);
  const newest = async (phase: Phase, limit: number): Promise<readonly Execution[]> =>
    limit === 0 || (counts.get(phase) ?? 0) === 0 ? [] : (await store.list({ phase, limit })).items;
  const waiting = await newest('awaiting-approval', most);
  const running: Execution[] = [];
  for (const phase of IN_ORDER) {
    const room = most - running.length;
    running.push(...(phase === 'awaiting-approval' ? waiting.slice(0, room) : await newest(phase, room)));
  }
  const open = PHASES.reduce((sum, phase) => sum + (counts.get(phase) ?? 0), 0);
  const asked = waiting.filter(({ state }) => state.phase === 'awaiting-approval' && state.agreed === undefined);
  const agreed = waiting.length - asked.length;
  return {
    awaitingApproval: {
      items: asked,
      total: Math.max(asked.length, (counts.get('awaiting-approval') ?? 0) - agreed),
    },
    running: { items: running, total: Math.max(running.length, open) },
    revertible,
  };
}

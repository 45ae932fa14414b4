import type { ExecutionStore } from '../../engine/execution-store.js';

/** Gathers what the page shows. */
export async function nowModel(store: ExecutionStore): Promise<object> {
  const { items } = await store.list({ limit: 50 });
  return {
    executions: items.map(({ id, runbook, target, state, timeline }) => ({
      id,
      runbook,
      target,
      phase: state.phase,
      openedAt: timeline.openedAt,
    })),
  };
}

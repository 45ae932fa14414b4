import { alertName } from '../core/alert.js';
import type { Execution } from '../core/execution.js';
import type { GaugeMaker, Gauges, PresentExecutions, Some } from './gauge-sources.js';
import { together } from './together.js';

const ABOUT = ['execution_id', 'runbook', 'target', 'alertname', 'severity', 'fingerprint'] as const;

/** Names the executions that somebody may want to see or do something about; how many it does not name is counted. */
export function connectExecutions(present: Gauges['present'], { make, most }: GaugeMaker): void {
  const look = together(() => present(most));
  const named = (name: string, help: string, of: (all: PresentExecutions) => Some): void =>
    make.gauge(name, help, ABOUT, most, async () => {
      const some = of(await look());
      make.leftOut(`firebreak_${name}`, missingOf(some, most));
      return some.items.slice(0, most).map((execution) => ({ labels: labelsOf(execution), value: 1 }));
    });
  named('pending_approval_info', 'Executions for which people must agree', (all) => all.awaitingApproval);
  named(
    'rollback_available_info',
    'Executions of which something can be taken back, open or closed',
    (all) => all.revertible,
  );
  const running = 'execution_running';
  make.gauge(running, 'Executions that are not closed', [...ABOUT, 'phase'], most, async () => {
    const { running: some } = await look();
    make.leftOut(`firebreak_${running}`, missingOf(some, most));
    return some.items.slice(0, most).map((execution) => ({
      labels: { ...labelsOf(execution), phase: execution.state.phase },
      value: 1,
    }));
  });
}

/** Counted only where the room is used up: something that ends between two looks of the store is not left out. */
function missingOf({ items, total }: Some, most: number): number {
  return items.length < most ? 0 : Math.max(0, total - most);
}

function labelsOf({ id, runbook, target, alert }: Execution) {
  return {
    execution_id: id,
    runbook,
    target,
    alertname: alert === undefined ? '' : alertName(alert),
    severity: alert?.labels['severity'] ?? '',
    fingerprint: alert?.fingerprint ?? '',
  };
}

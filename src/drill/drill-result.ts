import type { DrillResult } from '../core/drill-result.js';
import type { DrillReport } from './drill-report.js';

const MOST_DETAIL = 1_000;
const MOST_EXECUTIONS = 50;

/** What the service is told of a run. */
export function resultOf(report: DrillReport): DrillResult {
  const { drill, target, expected, verdict, reasons, recoveryMs, marks, slos, executions } = report;
  const detail = verdict === 'passed' ? `everything held under ${report.fault}` : reasons.join('; ');
  return {
    drill,
    target,
    ...(expected.runbook === 'none' ? {} : { runbook: expected.runbook }),
    startedAt: marks.injectedAt,
    endedAt: report.endedAt,
    passed: verdict === 'passed',
    detail: detail
      .replaceAll(/\p{C}+/gu, ' ')
      .slice(0, MOST_DETAIL)
      .trim(),
    ...(recoveryMs === undefined ? {} : { recoveryMs }),
    ...(expected.recoveryMs === undefined ? {} : { objectiveMs: expected.recoveryMs }),
    slos: slos.map(({ name, verdict: of }) => ({ name, breached: of !== 'held' })),
    executions: executions.slice(0, MOST_EXECUTIONS).map(({ id }) => id),
  };
}

import { formatDuration } from '../../core/duration.js';
import type { DrillReport } from '../drill-report.js';
import { length, since } from './times.js';
import { momentWords } from './words.js';

/** The report for a terminal, a line each. */
export function summaryOf(report: DrillReport): string[] {
  const { drill, verdict, reasons, fault, target, expected, recoveryMs, marks, slos, executions, felt, traffic } =
    report;
  const wanted = expected.recoveryMs === undefined ? '' : ` (at most ${formatDuration(expected.recoveryMs)})`;
  const never = recoveryMs === 0 ? 'nothing broke' : length(recoveryMs);
  const width = Math.max(...slos.map(({ name }) => name.length));
  return [
    '',
    `${drill}: ${verdict.toUpperCase()}`,
    ...reasons.map((reason) => `  ! ${reason}`),
    '',
    `fault      ${fault}`,
    `target     ${target}`,
    `taken back ${marks.takenBackAt === undefined ? 'NO' : since(marks.takenBackAt, marks.injectedAt)}`,
    `recovery   ${never}${wanted}`,
    ...(felt === undefined ? [] : [`felt       ${felt}`]),
    ...(traffic === undefined ? [] : [`requests   ${traffic.sent} sent by the drill, ${traffic.failed} failed`]),
    '',
    ...slos.map(({ name, verdict: of, is, detail }) => `${name.padEnd(width)}  ${of.padEnd(8)}  ${is}  ${detail}`),
    '',
    ...(executions.length === 0 ? ['no execution was opened'] : []),
    ...executions.flatMap(({ id, runbook, phase, outcome, timeline }) => [
      `${runbook} ${id}: ${outcome ?? phase}`,
      ...Object.entries(timeline).map(
        ([name, at]) => `  ${momentWords(name).padEnd(14)} ${since(at, marks.injectedAt)}`,
      ),
    ]),
    '',
  ];
}

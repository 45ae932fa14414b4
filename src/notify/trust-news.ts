import { alertName } from '../core/alert.js';
import { formatDuration } from '../core/duration.js';
import type { Execution } from '../core/execution.js';
import { sha256Hex } from '../core/plan-digest.js';
import type { Trust } from '../engine/governance.js';
import { about, moment, standOf, type News } from './news.js';

/** A runbook may go less far from now on. */
export function trustNews(execution: Execution, lost: Pick<Trust, 'to' | 'why'>): News {
  const { id, runbook, target, mode, lowered } = execution;
  const from = lowered?.from ?? mode;
  const now = lost.to === 'observe' ? 'only observes' : 'asks a person first';
  const why = lost.why === 'harmful' ? 'its change did harm' : 'it did not help three times in a row';
  const lines = [
    from === lost.to ? `It ${now} as its mode says, and will do so whatever its mode says.` : `It was ${from}.`,
    `Last: ${id} on ${target}, ${standOf(execution)}.`,
    `Find out why, mend the runbook, then trust it again: POST /api/v1/runbooks/${runbook}/trust`,
  ];
  return {
    id: `lowered-${runbook}-${id}-${lost.to}`,
    event: 'lowered',
    title: `${runbook} ${now} from now on: ${why}`,
    text: lines.join('\n'),
    ...about(execution),
  };
}

/** An alert comes back although it was repaired again and again: the evidence for whoever looks for the cause. */
export function problemNews(execution: Execution, fixes: readonly string[], evidence: readonly string[]): News {
  const { runbook, target, alert, orders } = execution;
  const name = alert === undefined ? target : alertName(alert);
  const within = orders.recurrence === undefined ? '' : ` within ${formatDuration(orders.recurrence.perMs)}`;
  const labels = Object.entries(alert?.labels ?? {}).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const lines = [
    `${runbook} has repaired it ${fixes.length} times${within}, and it is back. This needs a fix of the cause.`,
    'From now on a person is asked each time.',
    `Alert: {${labels.join(', ')}}`,
    'What was done:',
    ...evidence.map((line) => `- ${line}`),
  ];
  return {
    id: `problem-${sha256Hex(`${runbook} ${alert?.fingerprint ?? ''}`).slice(0, 12)}-${fixes.at(-1) ?? ''}`,
    event: 'problem',
    title: `${name} on ${target} comes back again and again`,
    text: lines.join('\n'),
    ...about(execution),
  };
}

/** Says of one execution when it was and how it ended. */
export function evidenceLine(execution: Execution): string {
  const { id, timeline } = execution;
  return `${moment(timeline.openedAt)}, ${id}: ${standOf(execution)}`;
}

import { planText } from './plan-text.js';
import type { ShownExecution } from './shapes.js';
import { inOneLine, pairs, table } from './table.js';
import { moment, when } from './when.js';

/** The last answers of the probe say enough. */
const MOST_SAMPLES = 5;

/** Writes all that somebody on call wants to know of an execution. */
export function executionText(execution: ShownExecution): string[] {
  return [
    ...pairs(headOf(execution)),
    '',
    ...planText(execution),
    ...approvalText(execution),
    ...stepsText(execution),
    ...stepVerificationsText(execution),
    ...verificationText(execution.verification, 'verification'),
    ...leaseText(execution),
  ];
}

/** Says in one line where an execution stands. */
export function standing({ id, phase, outcome, detail, held }: ShownExecution): string {
  const why = detail ?? held?.cause;
  return inOneLine(
    `${id}: ${phase}${outcome === undefined ? '' : `, ${outcome}`}${why === undefined ? '' : `: ${why}`}`,
  );
}

function headOf(execution: ShownExecution): [string, string | undefined][] {
  const { id, runbook, runbookVersion, target, phase, outcome, detail, mode, lowered, dryRun } = execution;
  const { trigger, requestedBy, reason, alert, held, taken, escalation, escalatedFrom, startBy } = execution;
  const less = lowered === undefined ? '' : `, not ${lowered.from} (${lowered.why}: ${lowered.detail})`;
  return [
    ['execution', id],
    ['runbook', `${runbook} (${runbookVersion})`],
    ['target', target],
    ['mode', `${mode}${less}${dryRun ? ', dry run' : ''}`],
    ['phase', outcome === undefined ? phase : `${phase}: ${outcome}`],
    ['detail', detail],
    ['held', held === undefined ? undefined : `${held.cause}; since ${when(held.since)}`],
    ['taken', taken === undefined ? undefined : takenText(taken)],
    ['asked by', `${requestedBy} (${trigger})${reason === undefined ? '' : `: ${reason}`}`],
    ['alert', alert === undefined ? undefined : alertText(alert)],
    ['opened', when(execution.openedAt)],
    ['begins until', startBy === undefined ? undefined : when(startBy)],
    ['closed', execution.closedAt === undefined ? undefined : when(execution.closedAt)],
    ['after', escalatedFrom === undefined ? undefined : `${escalatedFrom}, which did not help`],
    ['next', escalation === undefined ? undefined : escalationText(escalation)],
  ];
}

function takenText({ by, at, until, reason }: NonNullable<ShownExecution['taken']>): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return `${by} looks after it${why} since ${when(at)}; reminders that it is held rest until ${when(until)}`;
}

function alertText({ fingerprint, labels }: NonNullable<ShownExecution['alert']>): string {
  const { alertname = fingerprint, ...others } = labels;
  const rest = Object.entries(others).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${alertname} {${rest.join(', ')}}`;
}

function escalationText({ is, runbook, executionId, detail, because }: NonNullable<ShownExecution['escalation']>) {
  return [`${runbook} is ${is}`, executionId, detail ?? because].filter((part) => part !== undefined).join(': ');
}

function approvalText({ approval }: ShownExecution): string[] {
  const { required, roles = [], grants, missing, expiresAt } = approval;
  if (required === 0 && grants.length === 0) return [];
  const who = roles.length === 0 ? '' : ` (${roles.join(', ')})`;
  const until = expiresAt === undefined ? '' : `; expires ${when(expiresAt)}`;
  return [
    '',
    `approval: ${required} needed${who}${missing === undefined ? '' : `; ${missing}`}${until}`,
    ...(grants.length === 0
      ? []
      : indented(
          table(
            ['BY', 'AT', 'REASON'],
            grants.map(({ by, at, reason = '' }) => [by, when(at), reason]),
          ),
        )),
  ];
}

function stepsText({ steps }: ShownExecution): string[] {
  const rows = steps.map(({ name, state, attempts, startedAt, finishedAt, error = '' }) => [
    name,
    state,
    String(attempts),
    startedAt === undefined ? '' : moment(startedAt),
    finishedAt === undefined ? '' : moment(finishedAt),
    error,
  ]);
  return ['', 'steps:', ...indented(table(['STEP', 'STATE', 'ATTEMPTS', 'STARTED', 'FINISHED', 'ERROR'], rows))];
}

function stepVerificationsText({ steps }: ShownExecution): string[] {
  return steps.flatMap(({ name, verification }) =>
    verification === undefined ? [] : verificationText(verification, `verification after ${name}`),
  );
}

function verificationText(verification: ShownExecution['verification'], what: string): string[] {
  const { samples, baseline = [], verdict } = verification;
  if (samples.length === 0 && baseline.length === 0) return [];
  const shown = samples.slice(-MOST_SAMPLES);
  const all = [
    ...baseline.map((one) => ({ ...one, name: `${one.name ?? ''} before` })),
    ...shown.flatMap(({ guards = [], ...one }) => [{ ...one, name: 'result' }, ...guards]),
  ];
  const rows = all.map(({ at, name = '', status, detail }) => [moment(at), name, status, detail]);
  const left = samples.length - shown.length;
  return [
    '',
    `${what}: ${verdict ?? 'pending'}${left > 0 ? `; ${left} earlier answers are left out` : ''}`,
    ...indented(table(['AT', 'WHAT', 'STATUS', 'DETAIL'], rows)),
  ];
}

function leaseText({ lease }: ShownExecution): string[] {
  if (lease === undefined) return [];
  const { until, extendableUntil, clearSince } = lease;
  const rows = pairs([
    ['taken back', when(until)],
    ['at the latest', extendableUntil === undefined ? undefined : when(extendableUntil)],
    ['alert is over', clearSince === undefined ? undefined : `since ${when(clearSince)}`],
  ]);
  return ['', `lease: ${inOneLine(lease.reason)}`, ...indented(rows)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

import { alertName, type Instant, type Labels } from '../core/alert.js';
import { canBeTakenBack } from '../core/answers-to.js';
import type { Event, JournalEntry } from '../core/event.js';
import { evolve } from '../core/evolve.js';
import type { Execution } from '../core/execution.js';

import type { Metric } from './metrics-read.js';
import { seriesLabels, type Row } from './row.js';

/** What says how executions stand. */
export const STANDING = [
  'firebreak_execution',
  'firebreak_execution_running',
  'firebreak_pending_approval_info',
  'firebreak_rollback_available_info',
] as const satisfies readonly Metric[];

/** Name of something that says how executions stand. */
export type Standing = (typeof STANDING)[number];

/** Rows of an execution that stands as it is since a moment, whatever it went through before. */
export function rowsOfStanding(metric: Standing, execution: Execution, since: Instant): Row[] {
  return varyingOf(metric, execution, since) === undefined ? [] : [rowOf(metric, execution, since)];
}

/** Rows of an execution with all that it went through: a row ends where what it says is not so any more. */
export function rowsOfHistory(metric: Standing, history: readonly Stood[]): Row[] {
  const rows: Row[] = [];
  let current: { readonly varying: string; readonly row: Row } | undefined;
  for (const { execution, at } of history) {
    const varying = varyingOf(metric, execution, at);
    if (current?.varying === varying) continue;
    if (current !== undefined) rows.push({ ...current.row, to: at });
    current = varying === undefined ? undefined : { varying, row: rowOf(metric, execution, at) };
  }
  return [...rows, ...(current === undefined ? [] : [current.row])].filter(({ from, to }) => from !== to);
}

/** Rows of everything that happened to an execution. */
export function rowsOfJournal(history: readonly Stood[]): Row[] {
  return history.map(({ execution, entry }) => {
    const { seq, at, event } = entry;
    const { id, runbook, target, alert, state } = execution;
    const labels = seriesLabels('firebreak_journal_event', {
      execution_id: id,
      n: String(seq),
      event: event.type,
      phase: state.phase,
      outcome: outcomeOf(execution),
      by: byOf(event),
      step: 'step' in event && event.step !== undefined ? String(event.step) : '',
      detail: detailOf(event),
      runbook,
      target,
      alertname: alert && alertName(alert),
    });
    return { labels, from: at, value: at };
  });
}

/** How an execution stood after an event. */
export interface Stood {
  readonly execution: Execution;
  /** Never before what came before it, though two processes wrote it. */
  readonly at: Instant;
  readonly entry: JournalEntry;
}

/** Runs a journal again and tells how the execution stood after each event. */
export function historyIn(journal: readonly JournalEntry[]): Stood[] {
  const [first, ...rest] = journal;
  if (first?.event.type !== 'opened') return [];
  let { execution } = first.event;
  let at = execution.timeline.openedAt;
  const stood: Stood[] = [{ execution, at, entry: first }];
  for (const entry of rest) {
    const evolved = evolve(execution, entry.event, entry.at);
    if (evolved.ok) execution = evolved.next;
    at = Math.max(at, entry.at);
    stood.push({ execution, at, entry });
  }
  return stood;
}

/** What of the labels can change; undefined where there is no such series. */
function varyingOf(metric: Standing, execution: Execution, at: Instant): string | undefined {
  const { state, mode } = execution;
  switch (metric) {
    case 'firebreak_execution':
      return `${state.phase} ${outcomeOf(execution)} ${mode}`;
    case 'firebreak_execution_running':
      return state.phase === 'closed' ? undefined : state.phase;
    case 'firebreak_pending_approval_info':
      return state.phase === 'awaiting-approval' && state.agreed === undefined ? state.digest : undefined;
    case 'firebreak_rollback_available_info':
      return canBeTakenBack(execution, at) ? '' : undefined;
  }
}

function rowOf(metric: Standing, execution: Execution, from: Instant): Row {
  const value = metric === 'firebreak_execution' ? execution.timeline.openedAt : 1;
  return { labels: labelsOf(metric, execution), from, value };
}

function labelsOf(metric: Standing, execution: Execution): Labels {
  const { id, runbook, target, trigger, mode, alert, requestedBy, state } = execution;
  const about = {
    execution_id: id,
    runbook,
    target,
    alertname: alert && alertName(alert),
    severity: alert?.labels['severity'],
    fingerprint: alert?.fingerprint,
  };
  const { phase } = state;
  switch (metric) {
    case 'firebreak_execution': {
      const outcome = outcomeOf(execution);
      return seriesLabels(metric, { ...about, phase, outcome, trigger, mode, requested_by: requestedBy });
    }
    case 'firebreak_execution_running':
      return seriesLabels(metric, { ...about, phase });
    case 'firebreak_pending_approval_info':
      // so that a button agrees to the plan that its row was drawn with, and to no other
      return seriesLabels(metric, { ...about, digest: phase === 'awaiting-approval' ? state.digest : '' });
    case 'firebreak_rollback_available_info':
      return seriesLabels(metric, about);
  }
}

function outcomeOf({ state }: Execution): string {
  return state.phase === 'closed' ? state.outcome : '';
}

function byOf(event: Event): string {
  if (event.type === 'opened') return event.execution.requestedBy;
  return 'by' in event ? event.by : '';
}

function detailOf(event: Event): string {
  if ('reason' in event && event.reason !== undefined) return event.reason;
  if ('detail' in event) return event.detail;
  return event.type === 'sampled' ? event.sample.detail : '';
}

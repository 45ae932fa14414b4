import type { Person } from '../../access/person.js';
import { sayEscalation } from '../../api/why-execution.js';
import type { Instant } from '../../core/alert.js';
import { sayDuration } from '../../core/duration.js';
import type { Execution } from '../../core/execution.js';
import { alertModel, givenModel } from './alert-model.js';
import { choiceModel } from './choice-model.js';
import { commandsModel } from './commands-model.js';
import { journalModel, type EntryModel } from './journal-model.js';
import type { Material } from './material.js';
import { planModel } from './plan-model.js';
import { chartsModel, stepsModel } from './steps-model.js';
import { takeModel, takenModel } from './taken-model.js';
import { timelineModel } from './timeline-model.js';
import { toldModel } from './told-model.js';

/** What was refused, and why, at the top of a page. */
export interface Notice {
  readonly title: string;
  readonly detail: string;
  /** What people did last: most often somebody was faster. */
  readonly others: readonly EntryModel[];
}

/**
 * Makes of what is known of an execution what its page shows.
 *
 * @param material all that is known
 * @param person who looks
 * @param publicUrl under which people reach the service, for the link to copy
 * @param notice what was refused just now, if anything
 */
export function executionModel(material: Material, person: Person, publicUrl: string, notice?: Notice) {
  const { execution, journal, why, now, taken, letters } = material;
  const { id, runbook, runbookVersion, target, mode, dryRun, trigger, requestedBy, reason = '', state } = execution;
  const path = `/executions/${encodeURIComponent(id)}`;
  return {
    id,
    runbook,
    runbookVersion,
    target,
    mode,
    dryRun,
    trigger,
    requestedBy,
    reason,
    phase: state.phase,
    word: wordOf(execution),
    stands: why.answer,
    notice: notice ?? null,
    link: `${publicUrl.replace(/\/$/, '')}${path}`,
    path,
    asJson: `/api/v1${path}`,
    exported: `/api/v1${path}/export`,
    waits: state.phase === 'awaiting-approval' && state.agreed === undefined,
    lease: leaseModel(execution, now),
    taken: takenModel(execution, taken),
    take: takeModel(execution, taken, person),
    commands: commandsModel(execution, person, now),
    timeline: timelineModel(execution, journal, now),
    steps: stepsModel(execution),
    charts: chartsModel(execution),
    plan: planModel(execution),
    choice: choiceModel(execution),
    why: why.facts.map(({ about, says }) => ({ about, says })),
    alert: alertModel(execution),
    given: givenModel(execution),
    told: toldModel(id, letters),
    related: relatedOf(material),
    next: execution.escalation === undefined ? '' : sayEscalation(execution.escalation),
    journal: journalModel(execution, journal),
  };
}

/** What the page of an execution shows. */
export type ExecutionModel = ReturnType<typeof executionModel>;

/** The phase, or how it ended. */
export function wordOf({ state }: Execution): string {
  return state.phase === 'closed' ? state.outcome : state.phase;
}

function leaseModel({ state, orders, alert }: Execution, now: Instant) {
  if (state.phase !== 'holding') return null;
  const { leaseUntil, since, clearSince } = state;
  const longest = alert === undefined || since === undefined ? undefined : orders.leaseMaxMs;
  return {
    until: leaseUntil,
    left: leaseUntil > now ? sayDuration(leaseUntil - now) : 'none',
    clearSince: clearSince ?? null,
    most: longest === undefined || since === undefined ? null : since + longest,
  };
}

function relatedOf({ execution, siblings }: Material) {
  const { escalatedFrom, escalation } = execution;
  const next = escalation?.is === 'opened' ? escalation.executionId : undefined;
  return siblings.map((other) => ({
    path: `/executions/${encodeURIComponent(other.id)}`,
    runbook: other.runbook,
    target: other.target,
    word: wordOf(other),
    openedAt: other.timeline.openedAt,
    how: howOf(other.id, escalatedFrom, next),
  }));
}

function howOf(id: string, before: string | undefined, next: string | undefined): string {
  if (id === before) return 'did not help, and this one was opened after it';
  return id === next ? 'was opened after this one did not help' : 'for the same alert';
}

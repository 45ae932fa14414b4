import type { LoopPart } from '../../api/judge-loop.js';
import { approvalView } from '../../api/approval-view.js';
import { leaseView } from '../../api/lease-view.js';
import { stormView } from '../../api/storm-view.js';
import { may } from '../../access/may.js';
import type { Person } from '../../access/person.js';
import type { Instant } from '../../core/alert.js';
import { planOf, type Execution, type Phase } from '../../core/execution.js';
import { asksOf } from '../../core/lowered.js';
import type { Pause } from '../../core/pause.js';
import type { Storm } from '../../engine/governance.js';
import type { Taken } from '../../engine/outbox.js';
import { toneOf } from '../tones.js';

/** Of each kind at most so many are shown. */
export const MOST_SHOWN = 50;

/** What the page is made from. */
export interface NowMaterial {
  readonly now: Instant;
  readonly person: Person;
  /** Open executions by phase, newest first. */
  readonly open: ReadonlyMap<Phase, readonly Execution[]>;
  /** How many there are in truth. */
  readonly counts: ReadonlyMap<Phase, number>;
  /** Who looks after held executions, by their ids. */
  readonly taken: ReadonlyMap<string, Taken>;
  /** Closed lately, newest first. */
  readonly closed: readonly Execution[];
  readonly pauses: readonly Pause[];
  readonly storms: readonly Storm[];
  readonly loop: readonly LoopPart[];
  readonly titleOf: (runbook: string) => string | undefined;
  /** The command for whoever has seen no alert yet. */
  readonly sample: string;
}

const RUNNING = ['planning', 'applying', 'verifying', 'reverting'] as const;
const TONES = { well: 'good', doubtful: 'warn', broken: 'bad' } as const;

/** Makes what the page shows; the view only writes it. */
export function nowModel(material: NowMaterial) {
  const { person, counts, closed } = material;
  const waiting = group(material, ['awaiting-approval'], (one) => waitingItem(one, person));
  const held = group(material, ['held'], (one) => heldItem(one, material));
  const running = group(material, RUNNING, runningItem);
  const leased = group(material, ['holding'], leasedItem);
  const storms = material.storms.slice(0, MOST_SHOWN).map(stormItem);
  const pauses = material.pauses.slice(0, MOST_SHOWN).map(pauseItem);
  const open = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    summary: summaryOf([
      [waiting.total, 'waits for approval', 'wait for approval'],
      [held.total, 'is held for a person', 'are held for a person'],
      [running.total, 'runs', 'run'],
      [leased.total, 'is in force under a lease', 'are in force under a lease'],
    ]),
    wanted: waiting.total + held.total,
    waiting,
    held,
    running,
    leased,
    storms: { items: storms, more: material.storms.length - storms.length },
    pauses: { items: pauses, more: material.pauses.length - pauses.length },
    closed: closed.slice(0, MOST_SHOWN).map((one) => closedItem(one, material)),
    loop: material.loop.map(({ part, is, says }) => ({ part, tone: TONES[is], says })),
    troubles: material.loop.filter(({ is }) => is !== 'well').map(({ is, says }) => ({ tone: TONES[is], says })),
    quiet: open === 0 && closed.length === 0,
    sample: material.sample,
  };
}

function group<T>(
  { open, counts, titleOf }: NowMaterial,
  phases: readonly Phase[],
  item: (execution: Execution) => T,
): { items: (T & ReturnType<typeof common>)[]; total: number; more: number } {
  const all = phases
    .flatMap((phase) => open.get(phase) ?? [])
    .toSorted((a, b) => b.timeline.openedAt - a.timeline.openedAt);
  const shown = all.slice(0, MOST_SHOWN);
  const counted = phases.reduce((sum, phase) => sum + (counts.get(phase) ?? 0), 0);
  const total = Math.max(all.length, counted);
  const items = shown.map((execution) => ({ ...common(execution, titleOf), ...item(execution) }));
  return { items, total, more: total - shown.length };
}

function common(execution: Execution, titleOf: NowMaterial['titleOf']) {
  const { id, runbook, target, state, timeline, dryRun, alert } = execution;
  return {
    id,
    runbook,
    title: titleOf(runbook) ?? runbook,
    target,
    dryRun,
    phase: state.phase,
    tone: toneOf(state.phase),
    severity: alert?.labels['severity'] ?? '',
    openedAt: timeline.openedAt,
  };
}

function waitingItem(execution: Execution, person: Person) {
  const { state } = execution;
  if (state.phase !== 'awaiting-approval') throw new Error('this does not wait for approval');
  const { missing, required } = { missing: '', ...approvalView(execution, state.grants) };
  return {
    missing: missing === '' && state.agreed === undefined ? `${required} of ${required} approvals` : missing,
    agreed: state.agreed !== undefined,
    agreedBy: state.grants.map(({ by }) => by).join(', '),
    expiresAt: state.expiresAt,
    asks: asksOf(state.plan).join('; '),
    does: state.plan.map(({ summary }) => summary),
    mayApprove: may(person, 'approve', execution),
  };
}

function heldItem({ id, state }: Execution, { taken }: NowMaterial) {
  if (state.phase !== 'held') throw new Error('this is not held');
  const by = taken.get(id);
  return { cause: state.cause, since: state.since, takenBy: by?.by ?? '', takenUntil: by?.until ?? null };
}

function runningItem(execution: Execution) {
  const { state, steps } = execution;
  const plan = planOf(execution);
  switch (state.phase) {
    case 'applying':
      return { doing: `step ${state.step + 1} of ${steps.length}: ${plan[state.step]?.summary ?? ''}` };
    case 'verifying': {
      const step = state.step === undefined ? 'the result' : `step ${state.step + 1} of ${steps.length}`;
      return { doing: `asks whether ${step} is healthy` };
    }
    case 'reverting':
      return { doing: `takes back step ${state.next + 1} of ${steps.length}: ${state.detail}` };
    case 'planning':
      return { doing: state.attempt === 0 ? 'makes the plan' : `makes the plan, attempt ${state.attempt + 1}` };
    case 'awaiting-approval':
    case 'holding':
    case 'held':
    case 'closed':
      throw new Error('this does not run');
  }
}

function leasedItem(execution: Execution) {
  const { state } = execution;
  const lease = leaseView(execution);
  if (state.phase !== 'holding' || lease === undefined) throw new Error('this is under no lease');
  return { until: state.leaseUntil, reason: lease.reason, clearSince: state.clearSince ?? null };
}

function closedItem(execution: Execution, { titleOf }: NowMaterial) {
  const { state, closedAt, timeline } = execution;
  if (state.phase !== 'closed') throw new Error('this is not closed');
  const at = closedAt ?? timeline.openedAt;
  return {
    ...common(execution, titleOf),
    outcome: state.outcome,
    detail: state.detail,
    closedAt: at,
    tookMs: at - timeline.openedAt,
  };
}

function stormItem(storm: Storm) {
  const { runbook, group: where = '', observed = false } = { ...stormView(storm) };
  return {
    key: storm.key,
    runbook,
    where,
    observed,
    targets: storm.targets.length,
    since: storm.since,
    calmAt: storm.calmAt,
    proposal: storm.proposal?.detail ?? '',
    proposed: storm.proposal?.executionId ?? '',
  };
}

function pauseItem({ id, scope, reason, by, at, until, executionId }: Pause) {
  return { id, scope, reason, by, at, until: until ?? null, frozenAfter: executionId ?? '' };
}

type Counted = readonly [count: number, one: string, many: string];

function summaryOf(counted: readonly Counted[]): string {
  const parts = counted.filter(([count]) => count > 0).map(([n, one, many]) => `${n} ${n === 1 ? one : many}`);
  return parts.length === 0 ? 'Nothing goes on, and nothing waits for you.' : `${parts.join(', ')}.`;
}

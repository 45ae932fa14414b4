import { alertName, type Instant } from '../core/alert.js';
import { answersTo, type CommandName } from '../core/answers-to.js';
import { candidateText, choiceText } from '../core/choice-text.js';
import { doesOf } from '../core/command-text.js';
import { explain, type OpeningRefusal } from '../core/claim-refusal.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution, Lowered, StepRecord } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import type { Runbook } from '../core/runbook.js';
import { ADVICE } from '../core/suppressions.js';
import { grantsIn } from './journal-view.js';
import { stands } from './why-stands.js';
import { fact, sayLabels, sayMatchers, sayNo, when, type Fact } from './why-words.js';

/** What is known when somebody asks about an execution. */
export interface ExecutionMaterial {
  readonly execution: Execution;
  readonly journal: readonly JournalEntry[];
  /** Which guard says no now to what comes next. */
  readonly refusal?: OpeningRefusal;
  /** Pauses in force that stop it. */
  readonly pauses: readonly Pause[];
  /** Its runbook as it is in force now. */
  readonly runbook?: Runbook;
}

/** Why an execution was opened and why it stands where it stands: the answer first, then the facts. */
export interface WhyExecution {
  readonly kind: 'execution';
  readonly id: string;
  readonly answer: string;
  readonly runbook: string;
  readonly target: string;
  readonly phase: string;
  readonly outcome?: string;
  readonly facts: readonly Fact[];
  /** What a person can do now. */
  readonly commands: readonly Possible[];
}

/** A command that the execution answers to now, and what it would do. */
export interface Possible {
  readonly command: CommandName;
  readonly does: string;
  readonly run: string;
}

/** Puts the answer together. */
export function whyExecution(material: ExecutionMaterial, now: Instant): WhyExecution {
  const { execution, refusal } = material;
  const { id, runbook, target, state } = execution;
  return {
    kind: 'execution',
    id,
    answer: `${runbook} on ${target} ${stands(execution, now, refusal)}.`,
    runbook,
    target,
    phase: state.phase,
    ...(state.phase === 'closed' ? { outcome: state.outcome } : {}),
    facts: [
      ...openedFacts(material, now),
      ...choiceFacts(execution),
      ...modeFacts(execution),
      ...waitingFacts(material, now),
      ...doneFacts(material, now),
    ],
    commands: answersTo(execution, now).map((command) => possible(command, execution)),
  };
}

function openedFacts({ execution, runbook }: ExecutionMaterial, now: Instant): Fact[] {
  const { alert, trigger, requestedBy, reason, escalatedFrom, timeline, runbookVersion } = execution;
  const by =
    trigger === 'alert'
      ? `by the alert ${alert === undefined ? '' : alertName(alert)} from ${requestedBy}`
      : `by ${requestedBy} (${trigger})`;
  const matched =
    alert === undefined || runbook === undefined
      ? undefined
      : `${sayMatchers(runbook.match)}${runbook.version === runbookVersion ? '' : ` (as it is now: the runbook has changed since, ${runbookVersion} -> ${runbook.version})`}`;
  return [
    ...fact('opened', `at ${when(timeline.openedAt, now)} ${by}`),
    ...fact('reason', reason),
    ...fact('alert', alert && `${alert.fingerprint}  ${sayLabels(alert.labels)}`),
    ...fact('fires', alert && firing(execution, alert.startsAt, now)),
    ...fact('matchers', matched),
    ...fact('runbook', runbook === undefined ? 'is not in force any more' : undefined),
    ...fact('after', escalatedFrom && `${escalatedFrom}, which did not help`),
  ];
}

function choiceFacts({ orders: { choice } }: Execution): Fact[] {
  if (choice === undefined) return [];
  return [...fact('chosen', choiceText(choice)), ...choice.candidates.flatMap((one) => fact('', candidateText(one)))];
}

function firing({ resolvedAt }: Execution, startsAt: Instant, now: Instant): string {
  const over = resolvedAt === undefined ? '' : `, resolved at ${when(resolvedAt, now)}`;
  return `since ${when(startsAt, now)}${over}`;
}

function modeFacts({ mode, lowered, dryRun }: Execution): Fact[] {
  if (dryRun) return fact('mode', `${mode}, as a dry run: nothing is changed`);
  if (lowered === undefined) return fact('mode', mode);
  const { from, to, why, detail } = lowered;
  return fact('mode', `${to} instead of ${from}: ${LOWERED[why]} (${detail})`);
}

const LOWERED: { readonly [why in Lowered['why']]: string } = {
  'not-verified': 'the runbook has failed to help several times in a row',
  harmful: 'the runbook has done harm',
  recurring: 'the alert keeps coming back although it was repaired',
  asks: 'the plan asks for a person',
};

/** What it waits for, beside what the answer says already. */
function waitingFacts({ execution, refusal, pauses }: ExecutionMaterial, now: Instant): Fact[] {
  const { state } = execution;
  const waits = state.phase === 'awaiting-approval' || (state.phase === 'applying' && state.effect.is === 'none');
  if (!waits) return [];
  const refused = refusal && ADVICE[refusal.because];
  const isSaid = state.phase === 'applying';
  return [
    ...fact(
      'guard',
      refusal === undefined || isSaid ? undefined : `would say no now: ${sayNo(refusal.because, explain(refusal))}`,
    ),
    ...fact('what to do', refused),
    ...pauses.flatMap((pause) => fact('pause', sayPause(pause, now))),
    ...fact(
      'gives up',
      state.phase === 'applying' && state.startBy !== undefined ? `at ${when(state.startBy, now)}` : undefined,
    ),
    ...(state.phase === 'awaiting-approval' ? (state.changed ?? []).flatMap((one) => fact('changed', one)) : []),
  ];
}

/** Says which pause it is, so that it can be lifted. */
export function sayPause({ id, scope, reason, by, at, until }: Pause, now: Instant): string {
  const end = until === undefined ? '' : `, until ${when(until, now)}`;
  return `${id} (${scope}) by ${by} since ${when(at, now)}${end}: ${reason}`;
}

function doneFacts({ execution, journal }: ExecutionMaterial, now: Instant): Fact[] {
  const { steps, verdict, escalation, samples, state } = execution;
  const last = journal.at(-1)?.event;
  const said = last?.type === 'plan-failed' && state.phase !== 'closed' ? last.detail : undefined;
  return [
    ...fact('last plan', said),
    ...grantsIn(journal).flatMap(({ by, at, reason }) =>
      fact('agreed', `${by} at ${when(at, now)}${reason === undefined ? '' : `: ${reason}`}`),
    ),
    ...steps.flatMap((step) => fact('step', sayStep(step))),
    ...fact('verdict', verdict === undefined ? undefined : `${verdict}${after(samples.length)}`),
    ...fact('next runbook', escalation && sayEscalation(escalation)),
  ];
}

/** A verdict without samples of its own is that of a step, where they stand. */
function after(count: number): string {
  return count === 0 ? '' : `, after ${count} samples`;
}

function sayStep({ name, uses, state, attempts, error, verification }: StepRecord): string {
  const tried = attempts > 1 ? `, ${attempts} attempts` : '';
  const judged =
    verification === undefined
      ? ''
      : `; verified: ${verification.verdict ?? 'pending'}, after ${samplesIn(verification.samples.length)}`;
  return `${name} (${uses}): ${state}${tried}${judged}${error === undefined ? '' : `; last error: ${error}`}`;
}

function samplesIn(count: number): string {
  return count === 1 ? 'one sample' : `${count} samples`;
}

/** Says what became of the next runbook. */
export function sayEscalation(escalation: NonNullable<Execution['escalation']>): string {
  switch (escalation.is) {
    case 'due':
      return `${escalation.runbook} comes next, because this one ${escalation.because}`;
    case 'opened':
      return `${escalation.runbook} was opened as ${escalation.executionId}`;
    case 'refused':
      return `${escalation.runbook} was not opened: ${escalation.detail}`;
  }
}

function possible(command: CommandName, execution: Execution): Possible {
  const { id, state } = execution;
  const digest = command === 'approve' && state.phase === 'awaiting-approval' ? ` --digest ${state.digest}` : '';
  const reason = command === 'approve' ? '' : ' --reason "<why>"';
  return { command, does: doesOf(command, execution), run: `firebreak ${command} ${id}${digest}${reason}` };
}

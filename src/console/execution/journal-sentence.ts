import type { Event } from '../../core/event.js';
import type { Execution } from '../../core/execution.js';
import { sayDuration } from '../../core/duration.js';

/** Says one event in one sentence for a person. */
export function journalSentence(event: Event, execution: Execution): string {
  const step = 'step' in event && event.step !== undefined ? `step ${nameOf(execution, event.step)}` : 'the result';
  switch (event.type) {
    case 'opened':
      return `opened for ${event.execution.requestedBy} (${event.execution.trigger}), in mode ${event.execution.mode}${event.execution.dryRun ? ', as a dry run' : ''}`;
    case 'planned':
      return plannedText(event);
    case 'not-needed':
      return `there is nothing to do: ${event.detail}`;
    case 'plan-failed':
      return `could not be planned${event.again ? ', and is tried again' : ''}: ${event.detail}`;
    case 'blocked':
      return `a guard (${event.because}) said no: ${event.detail}`;
    case 'lowered':
      return `may go less far now: ${event.lowered.to} instead of ${event.lowered.from} (${event.lowered.detail})`;
    case 'approved':
      return `${event.by} agreed to the plan${because(event.reason)}${lapsedText(event.lapsed)}`;
    case 'rejected':
      return `${event.by} said no${because(event.reason)}`;
    case 'approval-expired':
      return 'nobody decided in time';
    case 'start-expired':
      return 'it was not begun in time';
    case 'apply-withheld':
      return `${step} was announced and nothing was sent: ${event.detail}`;
    case 'apply-intended':
      return `${step} is begun by ${event.intent.owner}`;
    case 'applied':
      return `${step} is done`;
    case 'apply-unfinished':
      return `${step} is not finished at its target, which is asked again in ${sayDuration(event.againInMs)}`;
    case 'apply-doubtful':
      return `nobody knows whether ${step} took: ${event.detail}`;
    case 'apply-refuted':
      return `${step} did not take: ${event.detail}`;
    case 'apply-unanswered':
      return `the target could not say whether ${step} took: ${event.detail}`;
    case 'sampled':
      return `${step} was measured: ${event.sample.status} (${event.sample.detail})`;
    case 'verification-ended':
      return `the time for verifying ${step} is over`;
    case 'lease-ended':
      return 'its lease is over: it is taken back';
    case 'lease-extended':
      return 'its lease is extended, because the alert still fires';
    case 'clear-long-enough':
      return 'the alert has stayed away long enough: it is taken back';
    case 'revert-intended':
      return `taking back ${step} is begun by ${event.intent.owner}`;
    case 'reverted':
      return `${step} is taken back`;
    case 'revert-unfinished':
      return `taking back ${step} goes on in ${sayDuration(event.againInMs)}`;
    case 'revert-failed':
      return `${step} could not be taken back${event.again ? ', and is tried again' : ''}: ${event.detail}`;
    case 'alert-resolved':
      return 'the alert resolved';
    case 'alert-refired':
      return 'the alert fires again';
    case 'escalated':
      return `the next runbook was opened as ${event.executionId}`;
    case 'escalation-refused':
      return `the next runbook was not opened: ${event.detail}`;
    case 'cancelled':
      return `${event.by} cancelled it${because(event.reason)}`;
    case 'revert-asked':
      return `${event.by} asked to take it back${because(event.reason)}`;
    case 'retry-asked':
      return `${event.by} let it try again${because(event.reason)}`;
    case 'accepted':
      return `${event.by} accepted it as it is${because(event.reason)}`;
  }
}

function plannedText({ plan, lowered }: Extract<Event, { type: 'planned' }>): string {
  const count = plan.reduce((sum, { changes }) => sum + changes.length, 0);
  const asked = lowered === undefined ? '' : `; ${lowered.to} instead of ${lowered.from} (${lowered.detail})`;
  return `planned: ${many(count, 'change')} in ${many(plan.length, 'step')}${asked}`;
}

function lapsedText(lapsed: readonly string[] = []): string {
  return lapsed.length === 0 ? '' : `; the agreement of ${lapsed.join(', ')} counts no more`;
}

/** Writes a reason, if there is one. */
function because(reason: string | undefined): string {
  return reason === undefined || reason === '' ? '' : `: ${reason}`;
}

/** Writes how many there are of something. */
export function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function nameOf({ steps }: Execution, index: number): string {
  return steps[index]?.name ?? String(index + 1);
}

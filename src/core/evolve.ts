import type { Instant } from './alert.js';
import * as applying from './evolve-applying.js';
import * as asked from './evolve-asked.js';
import * as judging from './evolve-judging.js';
import * as planning from './evolve-planning.js';
import * as reverting from './evolve-reverting.js';
import { refuse, type Evolved } from './evolved.js';
import type { Event, JournalEntry } from './event.js';
import type { Execution } from './execution.js';

/**
 * Says what an execution becomes when something has happened to it. Pure: the journal, run through this function,
 * gives the execution again.
 *
 * @param execution as it stands
 * @param event what happened
 * @param at when it happened, by the shared clock
 * @returns the next execution, or why the phase does not answer to this event
 */
export function evolve(execution: Execution, event: Event, at: Instant): Evolved {
  switch (event.type) {
    case 'opened':
      return refuse('not-in-phase', 'an execution is opened once');
    case 'planned':
      return planning.planned(execution, event, at);
    case 'not-needed':
      return planning.notNeeded(execution, event, at);
    case 'plan-failed':
      return planning.planFailed(execution, event, at);
    case 'approved':
      return planning.approved(execution, event, at);
    case 'rejected':
      return planning.rejected(execution, event, at);
    case 'approval-expired':
      return planning.approvalExpired(execution, at);
    case 'apply-intended':
      return applying.intended(execution, event);
    case 'applied':
      return applying.applied(execution, event, at);
    case 'apply-unfinished':
      return applying.unfinished(execution, event, at);
    case 'apply-doubtful':
      return applying.doubtful(execution, event);
    case 'apply-refuted':
      return applying.refuted(execution, event, at);
    case 'apply-unanswered':
      return applying.unanswered(execution, event, at);
    case 'sampled':
      return judging.sampled(execution, event, at);
    case 'verification-ended':
      return judging.verificationEnded(execution, at);
    case 'lease-ended':
      return judging.leaseEnded(execution, at);
    case 'clear-long-enough':
      return judging.clearLongEnough(execution, at);
    case 'revert-intended':
      return reverting.intended(execution, event);
    case 'reverted':
      return reverting.reverted(execution, event, at);
    case 'revert-unfinished':
      return reverting.unfinished(execution, event, at);
    case 'revert-failed':
      return reverting.failed(execution, event, at);
    case 'alert-resolved':
      return asked.alertResolved(execution, event, at);
    case 'alert-refired':
      return asked.alertRefired(execution);
    case 'cancelled':
      return asked.cancelled(execution, event, at);
    case 'revert-asked':
      return asked.revertAsked(execution, event, at);
    case 'retry-asked':
      return asked.retryAsked(execution, at);
    case 'accepted':
      return asked.accepted(execution, event, at);
  }
}

/** Runs a journal again and gives the execution that it tells of, or undefined when it does not begin with `opened`. */
export function replay(journal: readonly JournalEntry[]): Execution | undefined {
  const [first, ...rest] = journal;
  if (first?.event.type !== 'opened') return undefined;
  return rest.reduce((execution, { event, at }) => {
    const evolved = evolve(execution, event, at);
    return evolved.ok ? evolved.next : execution;
  }, first.event.execution);
}

import type { Instant } from './alert.js';
import * as applying from './evolve-applying.js';
import * as approving from './evolve-approving.js';
import * as asked from './evolve-asked.js';
import * as beginning from './evolve-beginning.js';
import * as escalating from './evolve-escalating.js';
import * as holding from './evolve-holding.js';
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
    case 'blocked':
      return beginning.blocked(execution, event, at);
    case 'lowered':
      return planning.lowered(execution, event, at);
    case 'start-expired':
      return beginning.startExpired(execution, at);
    case 'approved':
      return approving.approved(execution, event, at);
    case 'rejected':
      return approving.rejected(execution, event, at);
    case 'approval-expired':
      return approving.approvalExpired(execution, at);
    case 'apply-intended':
      return applying.intended(execution, event);
    case 'apply-withheld':
      return applying.withheld(execution, event, at);
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
      return judging.verificationEnded(execution, event, at);
    case 'lease-ended':
      return holding.leaseEnded(execution, at);
    case 'lease-extended':
      return holding.leaseExtended(execution, at);
    case 'clear-long-enough':
      return holding.clearLongEnough(execution, at);
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
    case 'escalated':
      return escalating.escalated(execution, event);
    case 'escalation-refused':
      return escalating.refused(execution, event);
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

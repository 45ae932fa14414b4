import type { Event, JournalEntry } from '../core/event.js';
import type { Grant, Intent } from '../core/execution.js';
import { executionView, sampleView } from './execution-view.js';
import { iso } from './instants.js';

/** One entry of a journal as JSON, all moments in RFC 3339. */
export function journalView({ seq, at, event }: JournalEntry) {
  return { seq, at: iso(at), event: eventView(event) };
}

function eventView(event: Event): object {
  if (event.type === 'opened') return { ...event, execution: executionView(event.execution) };
  if (event.type === 'apply-intended' || event.type === 'revert-intended')
    return { ...event, intent: intentView(event.intent) };
  if (event.type === 'sampled') return { ...event, sample: sampleView(event.sample) };
  if (event.type === 'alert-resolved') return { ...event, endsAt: iso(event.endsAt) };
  if (event.type === 'alert-refired') return { ...event, startsAt: iso(event.startsAt) };
  return event;
}

function intentView(intent: Intent): object {
  return { ...intent, at: iso(intent.at), deadline: iso(intent.deadline) };
}

/** Gives the agreements to the plan that a journal tells of. */
export function grantsIn(journal: readonly JournalEntry[]): Grant[] {
  return journal.flatMap(({ at, event }): Grant[] => {
    if (event.type !== 'approved') return [];
    const { by, digest, reason } = event;
    return [{ by, digest, at, ...(reason === undefined ? {} : { reason }) }];
  });
}

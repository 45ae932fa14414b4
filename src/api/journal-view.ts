import type { Event, JournalEntry } from '../core/event.js';
import type { Grant, Intent } from '../core/execution.js';
import { executionView } from './execution-view.js';
import { iso } from './instants.js';
import { guardSampleView, sampleView } from './verification-view.js';

/** One entry of a journal as JSON, all moments in RFC 3339. */
export function journalView({ seq, at, event }: JournalEntry) {
  return { seq, at: iso(at), event: eventView(event) };
}

function eventView(event: Event): object {
  if (event.type === 'opened') return { ...event, execution: executionView(event.execution) };
  if (event.type === 'apply-intended' || event.type === 'revert-intended')
    return { ...event, intent: intentView(event.intent) };
  if (event.type === 'planned' && event.baseline !== undefined)
    return { ...event, baseline: event.baseline.map(guardSampleView) };
  if (event.type === 'sampled') return { ...event, sample: sampleView(event.sample) };
  if (event.type === 'alert-resolved') return { ...event, endsAt: iso(event.endsAt) };
  if (event.type === 'alert-refired') return { ...event, startsAt: iso(event.startsAt) };
  return event;
}

function intentView(intent: Intent): object {
  return { ...intent, at: iso(intent.at), deadline: iso(intent.deadline) };
}

/** Gives the agreements to the plan in force that a journal tells of: another plan, and nobody has agreed yet. */
export function grantsIn(journal: readonly JournalEntry[]): Grant[] {
  let digest: string | undefined;
  let grants: Grant[] = [];
  for (const { at, event } of journal) {
    if (event.type === 'planned' && event.digest !== digest) {
      digest = event.digest;
      grants = [];
    }
    if (event.type !== 'approved') continue;
    const { by, roles, reason, lapsed = [] } = event;
    const held = { ...(roles === undefined ? {} : { roles }), ...(reason === undefined ? {} : { reason }) };
    grants = [...grants.filter((one) => !lapsed.includes(one.by)), { by, digest: event.digest, at, ...held }];
  }
  return grants;
}

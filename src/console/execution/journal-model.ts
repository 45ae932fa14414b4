import type { Instant } from '../../core/alert.js';
import type { Event, JournalEntry } from '../../core/event.js';
import type { Execution, Grant } from '../../core/execution.js';
import { journalSentence } from './journal-sentence.js';

/** So many entries are written on a page: the latest. */
export const MOST_ENTRIES = 200;

/** One entry of a journal, for the page. */
export interface EntryModel {
  readonly seq: number;
  readonly at: Instant;
  readonly says: string;
  /** By which account and from where, when it was a person. */
  readonly from: string;
  /** A person did it. */
  readonly person: boolean;
}

/** A journal, for the page: newest first. */
export interface JournalModel {
  readonly entries: readonly EntryModel[];
  readonly more: number;
  readonly whole: string;
}

/** Writes a journal for people. */
export function journalModel(execution: Execution, journal: readonly JournalEntry[]): JournalModel {
  return {
    entries: journal
      .slice(-MOST_ENTRIES)
      .toReversed()
      .map((entry) => entryModel(entry, execution)),
    more: Math.max(0, journal.length - MOST_ENTRIES),
    whole: `/api/v1/executions/${encodeURIComponent(execution.id)}/journal`,
  };
}

/** So many decisions are written: the latest. */
const MOST_DECISIONS = 20;

/** What people, or the end of their time, have decided: newest first, without the agreements that count still. */
export function decisionsIn(execution: Execution, journal: readonly JournalEntry[]): EntryModel[] {
  const { state } = execution;
  const asking = state.phase === 'awaiting-approval' ? state : undefined;
  const grants = asking?.grants ?? [];
  return journal
    .filter(({ event }) => isByPerson(event) || event.type === 'approval-expired')
    .filter(({ event }) => !grants.some((grant) => isGrant(event, grant)))
    .slice(-MOST_DECISIONS)
    .toReversed()
    .map((entry) => {
      const model = entryModel(entry, execution);
      const isPast = asking !== undefined && entry.event.type === 'approved';
      return isPast ? { ...model, says: `${model.says} (it was asked again since, and this counts no more)` } : model;
    });
}

/** The last things that people did, whatever came of them: newest first. */
export function lastWords({ execution, journal }: JournalOf): EntryModel[] {
  return journal
    .filter(({ event }) => isByPerson(event) || event.type === 'approval-expired')
    .slice(-3)
    .toReversed()
    .map((entry) => entryModel(entry, execution));
}

interface JournalOf {
  readonly execution: Execution;
  readonly journal: readonly JournalEntry[];
}

function entryModel({ seq, at, event }: JournalEntry, execution: Execution): EntryModel {
  const from = 'from' in event ? (event.from ?? '') : '';
  return { seq, at, says: journalSentence(event, execution), from, person: isByPerson(event) };
}

function isGrant(event: Event, { by, digest }: Grant): boolean {
  return event.type === 'approved' && event.by === by && event.digest === digest;
}

function isByPerson(event: Event): boolean {
  return 'by' in event;
}

import { iso } from '../../api/instants.js';
import { alertName, type Alert, type Instant, type Labels } from '../../core/alert.js';
import type { Execution } from '../../core/execution.js';
import { visible } from '../visible.js';

/** So many labels, or annotations, are written. */
const MOST = 60;
const LONGEST = 2_000;

/** A label or an annotation; `href` only where a browser may follow it. */
export interface NoteModel {
  readonly name: string;
  readonly value: string;
  readonly href: string;
}

/** The alert of an execution, for the page. */
export interface AlertModel {
  readonly name: string;
  readonly fingerprint: string;
  readonly startsAt: Instant;
  readonly resolvedAt: Instant | null;
  readonly labels: readonly NoteModel[];
  readonly annotations: readonly NoteModel[];
  readonly source: string;
  readonly moreNotes: number;
}

/** Writes what is known of the alert, or null when there is none. */
export function alertModel({ alert, resolvedAt }: Execution): AlertModel | null {
  if (alert === undefined) return null;
  const { fingerprint, startsAt, labels, annotations } = alert;
  return {
    name: alertName(alert),
    fingerprint,
    startsAt,
    resolvedAt: resolvedAt ?? null,
    labels: notes(labels),
    annotations: notes(annotations),
    source: linkOf(sourceOf(alert)),
    moreNotes: [labels, annotations].reduce((sum, all) => sum + Math.max(0, Object.keys(all).length - MOST), 0),
  };
}

/** What a person gave along who started it, or null when nobody did. */
export interface GivenModel {
  readonly labels: readonly NoteModel[];
  readonly annotations: readonly NoteModel[];
}

/** Writes what an execution was started with by hand, or null when there is nothing to write. */
export function givenModel({ requestedWith }: Execution): GivenModel | null {
  if (requestedWith === undefined) return null;
  const given = { labels: notes(requestedWith.labels), annotations: notes(requestedWith.annotations).map(inTime) };
  return given.labels.length + given.annotations.length === 0 ? null : given;
}

/** Dashboards say the ends of their time range in milliseconds since the epoch. */
function inTime(note: NoteModel): NoteModel {
  const isMoment = (note.name === 'from' || note.name === 'to') && /^\d{13}$/.test(note.value);
  return isMoment ? { ...note, value: iso(Number(note.value)) } : note;
}

/** Alerts of an older edition are kept without it. */
function sourceOf({ generatorURL }: Partial<Pick<Alert, 'generatorURL'>>): string {
  return generatorURL ?? '';
}

function notes(all: Labels): NoteModel[] {
  return Object.entries(all)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, MOST)
    .map(([name, value]) => ({ name, value: visible(value.slice(0, LONGEST)), href: linkOf(value) }));
}

/** Gives an address that a browser may follow, or nothing: whoever sends alerts must not have scripts run here. */
export function linkOf(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return '';
  const { href, protocol, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '' ? href : '';
}

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

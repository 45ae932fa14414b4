import Handlebars from 'handlebars';
import { formatDuration } from '../core/duration.js';
import { toneOf } from './tones.js';

const { SafeString, escapeExpression } = Handlebars;

const MOMENT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)(?: \((?:now|in [\w ]+|[\w ]+ ago)\))?/g;

const LONGEST_BADGE = 30;

/** What templates of the console can do beside putting values in. */
export const VIEW_HELPERS = {
  /** A moment, from milliseconds: in UTC as sent; assets/console.js says how long ago, and the time in the viewer's zone. */
  time: (at: number): Handlebars.SafeString => moment(at, ''),
  /** A moment after "since", "until" or "at": the time comes first, and how long ago it was stands behind it in brackets. */
  clock: (at: number): Handlebars.SafeString => moment(at, ' class="clock"'),
  /** A moment to come, from milliseconds, for `expires {{countdown at}}`: the browser counts down to it. */
  countdown: (at: number): Handlebars.SafeString => moment(at, ' class="countdown"', 'at '),
  /** A length of time, from milliseconds, in Prometheus' way of writing it. */
  duration: (ms: number): string => formatDuration(ms),
  /** A sentence in which moments stand as `2026-11-01T12:15:00Z (in 12 min)`: shown in the same way. */
  moments: (text: string): Handlebars.SafeString =>
    new SafeString(
      escapeExpression(text).replaceAll(MOMENT, (written, iso: string) =>
        Number.isNaN(Date.parse(iso)) ? written : `<time datetime="${iso}" class="clock">${written}</time>`,
      ),
    ),
  /** A value as JSON. */
  json: (value: unknown): string => JSON.stringify(value),
  /** Tells whether two values are the same; for `{{#if (is a b)}}`. */
  is: (one: unknown, other: unknown): boolean => one === other,
  /** A phase, an outcome, a severity or a state with the colour and the symbol of its tone. */
  badge: (word: string): Handlebars.SafeString =>
    new SafeString(`<span class="badge ${toneOf(word)}">${escapeExpression(short(word).replaceAll('-', ' '))}</span>`),
};

function moment(at: number, attributes: string, before = ''): Handlebars.SafeString {
  const iso = new Date(at).toISOString();
  return new SafeString(
    `<time datetime="${iso}"${attributes}>${before}${iso.slice(0, 19).replace('T', ' ')} UTC</time>`,
  );
}

/** Severities come from outside, and a badge stays in one line. */
function short(word: string): string {
  return word.length <= LONGEST_BADGE ? word : `${word.slice(0, LONGEST_BADGE - 1)}…`;
}

import Handlebars from 'handlebars';
import { formatDuration } from '../core/duration.js';

const { SafeString, escapeExpression } = Handlebars;

/** What templates of the console can do beside putting values in. */
export const VIEW_HELPERS = {
  /** A moment, from milliseconds: UTC as sent; assets/times.js shows it relative and in the viewer's zone. */
  time: (at: number): Handlebars.SafeString => {
    const iso = new Date(at).toISOString();
    return new SafeString(`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`);
  },
  /** A length of time, from milliseconds, in Prometheus' way of writing it. */
  duration: (ms: number): string => formatDuration(ms),
  /** A value as JSON. */
  json: (value: unknown): string => JSON.stringify(value),
  /** Tells whether two values are the same; for `{{#if (is a b)}}`. */
  is: (one: unknown, other: unknown): boolean => one === other,
  /** A class for a phase or an outcome, by which the badge has its colour. */
  badge: (word: string): Handlebars.SafeString =>
    new SafeString(`<span class="badge badge-${escapeExpression(word)}">${escapeExpression(word)}</span>`),
};

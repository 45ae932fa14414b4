import { formatDuration } from '../core/duration.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Writes a moment as `2026-11-21T08:41:05Z (3m12s ago)`; anything that is no moment stays as it is. */
export function when(text: string, now: number = Date.now()): string {
  return Number.isNaN(Date.parse(text)) ? text : `${moment(text)} (${away(text, now)})`;
}

/** Writes a moment to the second. */
export function moment(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Says how far away a moment is: `3m12s ago`, `in 2h5m`, `now`. */
export function away(text: string, now: number = Date.now()): string {
  const ms = Date.parse(text) - now;
  if (Number.isNaN(ms)) return '';
  const far = short(Math.abs(ms));
  if (far === '0s') return 'now';
  return ms < 0 ? `${far} ago` : `in ${far}`;
}

/** The two largest units say enough. */
function short(ms: number): string {
  const unit = ms >= DAY ? HOUR : ms >= HOUR ? 60 * SECOND : SECOND;
  return formatDuration(Math.floor(ms / unit) * unit);
}

import type { Instant } from '../../core/alert.js';

/** Writes how long after the fault something was: `+2.4 s`. */
export function since(at: Instant, injectedAt: Instant): string {
  const seconds = (at - injectedAt) / 1000;
  return `${seconds < 0 ? '-' : '+'}${Math.abs(seconds).toFixed(1)} s`;
}

/** Writes a length in seconds, or that there was none. */
export function length(ms: number | undefined, none = 'never'): string {
  return ms === undefined ? none : `${(ms / 1000).toFixed(1)} s`;
}

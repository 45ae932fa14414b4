import type { Instant } from './alert.js';
import { formatDuration } from './duration.js';

/** Which claim could not be taken, with the numbers that say why. */
export type ClaimRefusal =
  | { readonly because: 'stale'; readonly tombstone: Instant }
  | { readonly because: 'duplicate'; readonly executionId: string }
  | { readonly because: 'paused'; readonly scope: string; readonly reason: string }
  | { readonly because: 'target-busy'; readonly executionId: string }
  | { readonly because: 'cooldown'; readonly leftMs: number; readonly executionId: string }
  | {
      readonly because: 'rate' | 'blast-radius';
      readonly key: string;
      readonly used: number;
      readonly limit: number;
      readonly leftMs: number;
    };

/** Says in one sentence, with its numbers, why a claim could not be taken. */
export function explain(refusal: ClaimRefusal): string {
  switch (refusal.because) {
    case 'stale':
      return `old news: this alert is known to have resolved at ${new Date(refusal.tombstone).toISOString()}`;
    case 'duplicate':
      return `this incident is answered already by ${refusal.executionId}`;
    case 'paused':
      return `paused (${refusal.scope}): ${refusal.reason}`;
    case 'target-busy':
      return `the target is held by ${refusal.executionId}`;
    case 'cooldown':
      return `${formatDuration(refusal.leftMs)} of the cooldown are left since ${refusal.executionId}`;
    case 'rate':
    case 'blast-radius':
      return `${refusal.key}: ${refusal.used} of ${refusal.limit} used, the next is free in ${formatDuration(refusal.leftMs)}`;
  }
}

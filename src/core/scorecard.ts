import type { Event } from './event.js';
import type { Execution } from './execution.js';

/** What is counted for each runbook from its first day. */
export const FIGURES = [
  'fired',
  'verified',
  'notVerified',
  'harmful',
  'unverifiable',
  'reverted',
  'failed',
  'held',
  'observed',
  'clearedByItself',
] as const;

/** Name of a figure. */
export type Figure = (typeof FIGURES)[number];

/** What one event adds to a runbook's scorecard. */
export interface Tally {
  readonly counts: { readonly [figure in Figure]?: number };
  readonly recoveryMs?: number;
  /** Fingerprint of an alert that was repaired automatically. */
  readonly fixed?: string;
  /** What it says about how far the runbook can be trusted. */
  readonly trust?: 'proved' | 'failed' | 'harmful';
}

/** So many verifications that failed in a row take the trust to act alone. */
export const FAILURES_IN_A_ROW = 3;

/** Says what an event adds to the scorecard; undefined when nothing. Opening counts as `fired` where it is saved. */
export function tallyOf(before: Execution, event: Event, next: Execution): Tally | undefined {
  const judged = event.type === 'sampled' || event.type === 'verification-ended' ? verdictTally(before, next) : {};
  const counts = { ...judged.counts, ...phaseCounts(before, next) };
  const fixed = fixedBy(before, next);
  const tally: Tally = { ...judged, counts, ...(fixed === undefined ? {} : { fixed }) };
  return Object.keys(counts).length > 0 || fixed !== undefined ? tally : undefined;
}

function verdictTally(before: Execution, next: Execution): Partial<Tally> {
  const { verdict, mode, timeline } = next;
  if (verdict === undefined || before.state.phase !== 'verifying' || next.state.phase === 'verifying') return {};
  if (mode === 'observe') return {};
  switch (verdict) {
    case 'healthy':
      return {
        counts: { verified: 1 },
        trust: 'proved',
        recoveryMs: (timeline.verifiedAt ?? timeline.openedAt) - (timeline.startsAt ?? timeline.openedAt),
      };
    case 'unhealthy':
      return { counts: { notVerified: 1 }, trust: 'failed' };
    case 'worse':
      return { counts: { harmful: 1 }, trust: 'harmful' };
    case 'unknown':
      return { counts: { unverifiable: 1 } };
    case 'pending':
      return {};
  }
}

function phaseCounts(before: Execution, next: Execution): Tally['counts'] {
  const { state } = next;
  if (state.phase === before.state.phase) return {};
  if (state.phase === 'held') return { held: 1 };
  if (state.phase !== 'closed') return {};
  if (state.outcome === 'reverted') return { reverted: 1 };
  if (state.outcome === 'failed') return { failed: 1 };
  if (next.mode !== 'observe' || next.dryRun || state.outcome !== 'dry-run') return {};
  const cleared = next.verdict === 'healthy' || next.resolvedAt !== undefined;
  return { observed: 1, ...(cleared ? { clearedByItself: 1 } : {}) };
}

/** An automatic change that is in force: what recurs although it was repaired needs a person. */
function fixedBy(before: Execution, { mode, alert, state }: Execution): string | undefined {
  const inForce = state.phase === 'holding' || (state.phase === 'closed' && state.outcome === 'succeeded');
  const was = before.state.phase;
  return mode === 'auto' && inForce && (was === 'applying' || was === 'verifying') ? alert?.fingerprint : undefined;
}

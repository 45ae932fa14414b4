import type { Mode, Runbook } from '../core/runbook.js';
import type { Scorecard } from '../engine/governance.js';
import { iso } from './instants.js';

const RANK: { readonly [mode in Mode]: number } = { observe: 1, approve: 2, auto: 3 };

/** The figures of a runbook as JSON, and how far it is trusted when that is less than its file says. */
export function scorecardView({ counts, medianRecoveryMs, failuresInARow, trust }: Scorecard) {
  return {
    counts,
    ...(medianRecoveryMs === undefined ? {} : { medianRecoverySeconds: medianRecoveryMs / 1_000 }),
    failuresInARow,
    ...(trust === undefined ? {} : { trust: { ...trust, at: iso(trust.at) } }),
  };
}

/** How far a runbook may go now: as far as its file says, unless it has lost trust. */
export function effectiveMode({ mode }: Runbook, { trust }: Scorecard): Mode {
  return trust !== undefined && RANK[trust.to] < RANK[mode] ? trust.to : mode;
}

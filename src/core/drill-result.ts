import type { Instant } from './alert.js';

/** How one run of a drill ended, as the service keeps it. */
export interface DrillResult {
  /** The drill's name. */
  readonly drill: string;
  /** What it was held on. */
  readonly target: string;
  /** The runbook that was to answer; none when nobody was to act. */
  readonly runbook?: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly passed: boolean;
  /** In one sentence, why it did not pass, or how it did. */
  readonly detail: string;
  /** From the fault to the service, in milliseconds; absent when the service did not come back. */
  readonly recoveryMs?: number;
  /** How long that may take, in milliseconds. */
  readonly objectiveMs?: number;
  /** What had to hold, by name. */
  readonly slos: readonly { readonly name: string; readonly breached: boolean }[];
  /** The executions that it caused. */
  readonly executions: readonly string[];
}

/** So many runs of each drill are kept, the newest ones. */
export const KEEP_DRILL_RUNS = 50;

/** So many drills are known; of more, the one that was held last the longest ago is forgotten. */
export const KEEP_DRILLS = 100;

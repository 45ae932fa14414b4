import type { Instant } from '../core/alert.js';
import type { SeenExecution, TrafficFigures } from './ports.js';
import type { Reading } from './readings.js';

/** What came of one thing that had to hold. */
export interface SloReport {
  readonly name: string;
  readonly query: string;
  /** The comparison, as text and as the number that it compares with. */
  readonly is: string;
  readonly limit: number;
  /** `unknown` when there was no answer, or too few: it counts as not held. */
  readonly verdict: 'held' | 'breached' | 'unknown';
  readonly detail: string;
  /** From when on it had to hold. */
  readonly from: Instant;
  /** All moments that were looked at, also those before the fault. */
  readonly readings: readonly Reading[];
}

/** Moments that a plot marks; absent when they never came. */
export interface Marks {
  readonly injectedAt: Instant;
  readonly firstEffectAt?: Instant;
  readonly recoveredAt?: Instant;
  readonly takenBackAt?: Instant;
}

/** One run of a drill, whole: what JSON and HTML show. Moments are in milliseconds since the epoch. */
export interface DrillReport {
  readonly drill: string;
  readonly title: string;
  readonly owner: string;
  readonly target: string;
  /** The fault in words. */
  readonly fault: string;
  readonly expected: { readonly runbook: string; readonly outcome?: string; readonly recoveryMs?: number };
  readonly verdict: 'passed' | 'breached' | 'aborted';
  /** Why it did not pass, one sentence each; empty when it did. */
  readonly reasons: readonly string[];
  /** From the fault to the service; absent when the service did not come back. */
  readonly recoveryMs?: number;
  readonly marks: Marks;
  /** When the last sample was taken. */
  readonly endedAt: Instant;
  readonly slos: readonly SloReport[];
  /** Whether users felt the fault, where the drill asks for it. */
  readonly felt?: string;
  readonly executions: readonly SeenExecution[];
  readonly traffic?: TrafficFigures;
}

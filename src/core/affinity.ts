import type { Instant } from './alert.js';

/** What is known of a centre right now; what is not measured is left out. */
export interface CenterCondition {
  /** 0 (down) to 1 (well). */
  readonly health?: number;
  /** 0 (idle) to 1 (full). */
  readonly load?: number;
  readonly at: Instant;
}

/** The conditions of the centres, by their id. */
export type CenterConditions = { readonly [center: string]: CenterCondition };

/** One row of the table of scores. */
export interface Candidate {
  readonly center: string;
  /** 0 to 1; absent when the centre may not be chosen. */
  readonly score?: number;
  readonly parts: { readonly region: number; readonly vendor: number; readonly health: number; readonly load: number };
  /** Why it may not be chosen. */
  readonly ruledOut?: string;
}

/** How the centre that takes over was chosen: the best first. */
export interface Choice {
  readonly insteadOf: string;
  readonly chosen: string;
  readonly candidates: readonly Candidate[];
}

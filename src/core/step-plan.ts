import type { Json } from './json.js';

/** One attribute of one resource, from what to what: the unit that an approver reads. */
export interface Change {
  readonly resource: string;
  readonly attribute: string;
  readonly from: Json;
  readonly to: Json;
}

/** How far back acknowledged writes may be missing, in milliseconds, at most; 0 is none. */
export type DataLoss = number | 'unknown';

/** What a step is going to do, made before anything is touched. */
export interface StepPlan {
  readonly step: string;
  readonly uses: string;
  readonly summary: string;
  readonly changes: readonly Change[];
  /** What `revert` needs in order to restore what was there. */
  readonly before: Json;
  readonly reversible: boolean;
  readonly pluginVersion: string;
  /** As its author rates the action. */
  readonly risk?: 'low' | 'medium' | 'high';
  /** What an approver should know besides, such as the estimated data loss; not part of the digest. */
  readonly facts?: { readonly [name: string]: string };
  /** Why a person must agree to this although the runbook acts by itself. */
  readonly asks?: string;
  /** How far back acknowledged writes may be missing when this is done, in milliseconds, at most; absent where no data is concerned. */
  readonly dataLossMs?: DataLoss;
  /** How long taking it back in stages may last at most, in milliseconds. */
  readonly liftWithinMs?: number;
  /** Why there was nothing to do when it was planned; it is begun like any other step all the same. */
  readonly idle?: string;
}

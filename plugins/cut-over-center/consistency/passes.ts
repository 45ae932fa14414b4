import type { Comparison } from './comparison.js';

/** A pass that came to its end. */
export interface CompletePass {
  readonly begunAt: number;
  readonly endedAt: number;
  readonly comparison: Comparison;
}

/** What is known of one pair: the pass under way, and the last one that came to its end. */
export interface PassMemory {
  underWay: { readonly begunAt: number; readonly comparison: Comparison } | undefined;
  last: CompletePass | undefined;
  /** Whether somebody is comparing right now: nobody else does then. */
  busy: boolean;
  /** About how many keys a side has. */
  about: number;
}

/** What this process knows of all pairs; it is gone with the process, and a pass begins anew. */
export class Passes {
  private readonly pairs = new Map<string, PassMemory>();

  /** Gives what is known of a pair, to be changed in place. */
  of(pair: string): PassMemory {
    const known = this.pairs.get(pair);
    if (known !== undefined) return known;
    const fresh: PassMemory = { underWay: undefined, last: undefined, busy: false, about: 0 };
    this.pairs.set(pair, fresh);
    return fresh;
  }
}

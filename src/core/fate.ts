import type { Suppression } from './claim.js';

/** What a decision says about what became of an alert. */
export interface Decided {
  readonly decision: 'opened' | 'suppressed' | 'closed' | 'noted';
  readonly because?: Suppression;
}

/** What became of one alert that was taken in, over all runbooks: exactly one of these (I2). */
export interface Fate {
  readonly fate: Decided['decision'];
  /** Why, if nothing was done. */
  readonly because?: Suppression;
}

/** What was done counts before what was not done, and that before what was only noted. */
const IN_ORDER = ['opened', 'closed', 'suppressed', 'noted'] as const satisfies readonly Decided['decision'][];

/** Says what became of an alert as a whole, from the decisions about it; of several reasons the first one counts. */
export function fateOf(decisions: readonly Decided[]): Fate {
  for (const fate of IN_ORDER) {
    const decided = decisions.find(({ decision }) => decision === fate);
    if (decided === undefined) continue;
    const isNo = fate === 'suppressed' || fate === 'noted';
    return isNo && decided.because !== undefined ? { fate, because: decided.because } : { fate };
  }
  return { fate: 'noted' };
}

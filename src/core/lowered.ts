import type { Execution, Lowered } from './execution.js';
import type { Mode } from './runbook.js';

/** What bears on how far an execution may go. */
interface Bearing {
  readonly trust?: { readonly to: Mode; readonly why: Lowered['why']; readonly executionId: string };
  readonly fixes: readonly string[];
}

const RANK: { readonly [mode in Mode]: number } = { observe: 1, approve: 2, auto: 3 };

/** Tells whether a mode lets an execution go less far than another one. */
export function goesLessFar(mode: Mode, than: Mode): boolean {
  return RANK[mode] < RANK[than];
}

/** Says whether an execution may go less far than its runbook says: the runbook lost trust, or the alert keeps coming back. */
export function loweredBy({ mode, orders }: Execution, { trust, fixes }: Bearing): Lowered | undefined {
  if (trust !== undefined && goesLessFar(trust.to, mode)) {
    const { to, why, executionId } = trust;
    return { from: mode, to, why, detail: `since ${executionId}` };
  }
  const { recurrence } = orders;
  if (mode !== 'auto' || recurrence === undefined || fixes.length < recurrence.limit) return undefined;
  const detail = `repaired ${fixes.length} times by itself already: ${fixes.join(', ')}`;
  return { from: mode, to: 'approve', why: 'recurring', detail };
}

import { describe } from 'vitest';
import { describeAudit } from './audit.conformance.js';
import { describeBudgets } from './budgets.conformance.js';
import { describeCenters } from './centers.conformance.js';
import { describeClaims } from './claims.conformance.js';
import { describeConflicts } from './conflicts.conformance.js';
import { describeDrills } from './drills.conformance.js';
import { describeExplaining } from './explaining.conformance.js';
import { describeLoops } from './loops.conformance.js';
import { describeMovedCenters } from './moved-centers.conformance.js';
import { describePauses } from './pauses.conformance.js';
import { describeOutbox } from './outbox.conformance.js';
import { describeReceiving } from './receiving.conformance.js';
import { describeRevertible } from './revertible.conformance.js';
import { describeSaving } from './saving.conformance.js';
import type { OpenStore } from './store-kit.conformance.js';
import { describeStorms } from './storms.conformance.js';
import { describeTelling } from './telling.conformance.js';
import { describeTrust } from './trust.conformance.js';
import { describeWaking } from './waking.conformance.js';

const THEMES = [
  describeReceiving,
  describeClaims,
  describeBudgets,
  describePauses,
  describeStorms,
  describeDrills,
  describeLoops,
  describeConflicts,
  describeCenters,
  describeMovedCenters,
  describeTrust,
  describeExplaining,
  describeTelling,
  describeOutbox,
  describeSaving,
  describeRevertible,
  describeWaking,
  describeAudit,
];

/** What every store must do; run against each twin. */
export function describeExecutionStore(name: string, open: OpenStore): void {
  describe(`${name}: an execution store`, () => {
    for (const theme of THEMES) theme(open);
  });
}

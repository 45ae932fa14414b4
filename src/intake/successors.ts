import { Injectable } from '@nestjs/common';
import type { Claim } from '../core/claim.js';
import type { Execution } from '../core/execution.js';
import type { Successors } from '../engine/effects.js';
import { RunbookOpener } from './runbook-opener.js';

/** Opens the next runbook for an alert, with all of that runbook's own guards. */
@Injectable()
export class CatalogSuccessors implements Successors {
  constructor(private readonly opener: RunbookOpener) {}

  async open(before: Execution): ReturnType<Successors['open']> {
    const { escalation, alert, requestedBy } = before;
    if (escalation?.is !== 'due' || alert === undefined) return { opened: false, detail: 'no escalation is due' };
    return this.opener.open(escalation.runbook, alert, {
      requestedBy,
      escalatedFrom: before.id,
      claims: (claim) => [sparing(claim, before)],
      isThis: (known) => known.escalatedFrom === before.id,
    });
  }
}

/** What the execution before it did to the target is no reason to wait: it is the next rung of the same ladder. */
function sparing(claim: Claim, { id, escalatedFrom }: Execution): Claim {
  if (claim.kind !== 'interval') return claim;
  return { ...claim, except: escalatedFrom === undefined ? [id] : [id, escalatedFrom] };
}

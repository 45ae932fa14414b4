import { Inject, Injectable } from '@nestjs/common';
import type { Claim } from '../core/claim.js';
import type { Execution } from '../core/execution.js';
import type { Successors } from '../engine/effects.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { RunbookOpener } from './runbook-opener.js';

/** How far back the one is looked for that was opened already: it is seconds old, or as old as an outage. */
const LATEST = 100;

/** Opens the next runbook for an alert, with all of that runbook's own guards. */
@Injectable()
export class CatalogSuccessors implements Successors {
  constructor(
    private readonly opener: RunbookOpener,
    @Inject(STORE) private readonly store: ExecutionStore,
  ) {}

  async open(before: Execution): ReturnType<Successors['open']> {
    const { escalation, alert, requestedBy } = before;
    if (escalation?.is !== 'due' || alert === undefined) return NOT_DUE;
    // the claims know an incident only until the alert fires anew, and by then a worker may have opened it and died
    const { items } = await this.store.list({ runbook: escalation.runbook, limit: LATEST });
    const opened = items.find((one) => one.escalatedFrom === before.id);
    if (opened !== undefined) return { opened: true, executionId: opened.id };
    // whoever stood still meanwhile asks on behalf of an execution that may have had its answer
    const stored = await this.store.get(before.id);
    if (stored?.execution.escalation?.is !== 'due') return NOT_DUE;
    // an execution that has ended is not told any more that its alert is over
    const known = await this.store.alert(alert.fingerprint);
    if (known !== undefined && !known.episode.open && alert.startsAt <= known.episode.tombstone) return OVER;
    return this.opener.open(escalation.runbook, alert, {
      requestedBy,
      escalatedFrom: before.id,
      claims: (claim) => [sparing(claim, before)],
      isThis: (known) => known.escalatedFrom === before.id,
    });
  }
}

const NOT_DUE = { opened: false, detail: 'no escalation is due' } as const;
const OVER = { opened: false, detail: 'the alert has resolved meanwhile' } as const;

/** What the execution before it did to the target and the centres is no reason to wait: it is the next rung of the same ladder. */
function sparing(claim: Claim, { id, escalatedFrom }: Execution): Claim {
  if (claim.kind !== 'interval' && claim.kind !== 'serving') return claim;
  return { ...claim, except: escalatedFrom === undefined ? [id] : [id, escalatedFrom] };
}

import { Inject, Injectable } from '@nestjs/common';
import { labelsFrom, type Alert } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import { explain } from '../core/claim-refusal.js';
import type { Clock } from '../core/clock.js';
import { decideFor } from '../core/decide.js';
import type { Execution } from '../core/execution.js';
import { openExecution } from '../core/open.js';
import type { Runbook } from '../core/runbook.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Wakeups } from '../engine/wakeups.js';
import { CLOCK, STORE, WAKEUPS } from '../parts.js';
import { openingSpan } from '../telemetry/opening-span.js';
import { Basis } from './basis.js';
import { newId } from './new-id.js';

/** How a runbook is opened that Firebreak itself chose for an alert. */
export interface Choice {
  readonly requestedBy: string;
  readonly reason?: string;
  /** The execution that did not help. */
  readonly escalatedFrom?: string;
  /** A person must agree, also where the runbook would act by itself. */
  readonly ask?: true;
  /** What becomes of each of the runbook's own claims; the others stay as they are. */
  readonly claims: (claim: Claim) => readonly Claim[];
  /** Tells whether an execution that answers the alert already came of this very choice. */
  readonly isThis: (known: Execution) => boolean;
}

/** The execution that was opened, or why none was; with the one that answers the alert already, if there is one. */
export type RunbookOpened =
  | { readonly opened: true; readonly executionId: string }
  | { readonly opened: false; readonly detail: string; readonly executionId?: string };

/** Opens a runbook by its name for an alert that is known already, with that runbook's own guards. */
@Injectable()
export class RunbookOpener {
  constructor(
    private readonly basis: Basis,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(WAKEUPS) private readonly wakeups: Wakeups,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** May be called again after a crash and by several processes at once: the claims see to it that nothing is opened twice. */
  async open(name: string, known: Alert, choice: Choice): Promise<RunbookOpened> {
    // out of the store it has labels with a prototype, whose inherited names would pass for labels
    const alert = { ...known, labels: labelsFrom(known.labels), annotations: labelsFrom(known.annotations) };
    const { runbooks, resting, circumstances } = await this.basis.now();
    const runbook = runbooks.get(name);
    if (runbook === undefined)
      return no(`there is no runbook ${name} in force${resting.has(name) ? ': it rests' : ''}`);
    const now = this.clock.now();
    const decision = decideFor(alert, modest(runbook, choice), now, circumstances);
    if (!decision.run) return no(`${decision.because}: ${decision.detail}`);
    const { requestedBy, reason, escalatedFrom } = choice;
    const orders = { ...decision.orders, claims: (decision.orders.claims ?? []).flatMap(choice.claims) };
    const opening = { id: newId('x', now), runbook: decision.runbook, target: decision.target, orders, alert };
    const span = openingSpan(opening);
    const why = { ...(reason === undefined ? {} : { reason }), ...span.begins };
    const execution: Execution = {
      ...openExecution({ ...opening, ...why, trigger: 'alert', requestedBy, dryRun: false, receivedAt: now }, now),
      ...(escalatedFrom === undefined ? {} : { escalatedFrom }),
    };
    const opened = await this.take(execution, decision.claims.flatMap(choice.claims), choice);
    if (opened.opened && opened.executionId === opening.id) span.opened();
    return opened;
  }

  private async take(execution: Execution, claims: readonly Claim[], { isThis }: Choice): Promise<RunbookOpened> {
    const opened = await this.store.open(execution, claims);
    if (opened.opened) {
      // a bell that could not be set is found by the sweeper
      this.wakeups.ring(execution.id, this.clock.now()).catch(() => undefined);
      return { opened: true, executionId: execution.id };
    }
    const { refusal } = opened;
    const detail = `${refusal.because}: ${explain(refusal)}`;
    if (refusal.because !== 'duplicate') return no(detail);
    const { executionId } = refusal;
    const known = await this.store.get(executionId);
    // opened by a worker that died before it could say so, or by one that was faster
    if (known !== undefined && isThis(known.execution)) return { opened: true, executionId };
    return { opened: false, detail, executionId };
  }
}

function modest(runbook: Runbook, { ask }: Choice): Runbook {
  return ask === true && runbook.mode === 'auto' ? { ...runbook, mode: 'approve' } : runbook;
}

function no(detail: string): RunbookOpened {
  return { opened: false, detail };
}

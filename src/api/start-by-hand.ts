import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/catalog.js';
import { alertFingerprint, type Alert, type Instant } from '../core/alert.js';
import { claimsOf, type Claim } from '../core/claim.js';
import { explain } from '../core/claim-refusal.js';
import type { Clock } from '../core/clock.js';
import { render } from '../core/decide.js';
import { FirebreakError } from '../core/errors.js';
import type { Execution, Trigger } from '../core/execution.js';
import { openExecution } from '../core/open.js';
import type { Runbook } from '../core/runbook.js';
import { scopeFor } from '../core/template.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Wakeups } from '../engine/wakeups.js';
import { CLOCK, STORE, WAKEUPS } from '../parts.js';
import { rangeOf, type StartRequest } from './start-request.js';

/** Who starts it, and how. */
export interface Starter {
  readonly executionId: string;
  readonly by: string;
  readonly trigger: Trigger;
}

/** Starts runbooks because a person wants it: with the same guards as for an alert, but for no incident. */
@Injectable()
export class StartByHand {
  constructor(
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(WAKEUPS) private readonly wakeups: Wakeups,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Opens an execution and rings for it.
   *
   * @throws FirebreakError `not-found` for the runbook, `suppressed` when a guard or a template says no
   */
  async start(request: StartRequest, starter: Starter): Promise<Execution> {
    const now = this.clock.now();
    const { execution, claims } = this.prepare(request, starter, now);
    const opened = await this.store.open(execution, claims);
    if (!opened.opened) throw new FirebreakError('suppressed', `${opened.refusal.because}: ${explain(opened.refusal)}`);
    // a bell that could not be set is found by the sweeper
    this.wakeups.ring(execution.id, now).catch(() => undefined);
    return execution;
  }

  private prepare(
    request: StartRequest,
    { executionId, by, trigger }: Starter,
    now: Instant,
  ): { execution: Execution; claims: Claim[] } {
    const runbook = this.runbook(request.runbook);
    const subject = subjectOf(request, now);
    const rendered = render(runbook, scopeFor(subject, runbook.params, this.catalog.current.surroundings));
    if (!rendered.ok) throw new FirebreakError('suppressed', `${rendered.because}: ${rendered.detail}`);
    const { target, orders } = rendered;
    const { reason, dryRun } = request;
    const opening = { id: executionId, runbook, target, orders, trigger, requestedBy: by, dryRun, receivedAt: now };
    const execution = openExecution({ ...opening, ...(reason === undefined ? {} : { reason }) }, now);
    // it answers no incident, so it neither needs nor uses up one
    return { execution, claims: claimsOf(runbook, subject, target).filter((claim) => claim.kind !== 'episode') };
  }

  private runbook(name: string): Runbook {
    const { runbooks, resting } = this.catalog.current;
    const found = runbooks.get(name);
    if (found !== undefined) return found;
    const waits = resting.get(name);
    if (waits === undefined) throw new FirebreakError('not-found', `there is no runbook ${name.slice(0, 100)}`);
    throw new FirebreakError(
      'suppressed',
      `the runbook rests: ${waits.join(', ')} is not configured in firebreak.yaml`,
    );
  }
}

/** What templates read where they otherwise read an alert. */
function subjectOf(request: StartRequest, now: Instant): Alert {
  const { labels } = request;
  const annotations = rangeOf(request);
  return {
    fingerprint: alertFingerprint(labels),
    status: 'firing',
    labels,
    annotations,
    startsAt: now,
    generatorURL: '',
  };
}

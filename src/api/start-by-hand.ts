import { Inject, Injectable } from '@nestjs/common';
import { mustMay } from '../access/may.js';
import type { Person } from '../access/person.js';
import { alertFingerprint, type Alert, type Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import { claimsOf } from '../core/claims-of.js';
import { explain } from '../core/claim-refusal.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import { fillIn } from '../core/fill-in.js';
import type { Execution, Trigger } from '../core/execution.js';
import { openExecution } from '../core/open.js';
import type { Runbook } from '../core/runbook.js';
import { windowRefusal } from '../core/window.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Wakeups } from '../engine/wakeups.js';
import { Basis, type Based } from '../intake/basis.js';
import { CLOCK, STORE, WAKEUPS } from '../parts.js';
import { openingSpan, type OpeningSpan } from '../telemetry/opening-span.js';
import type { Actor } from './people-commands.js';
import { annotationsOf, type StartRequest } from './start-request.js';

/** Who starts it, and how. */
export interface Starter {
  readonly executionId: string;
  readonly actor: Actor;
  readonly trigger: Trigger;
}

/** Starts runbooks because a person wants it: with the same guards as for an alert, but for no incident. */
@Injectable()
export class StartByHand {
  constructor(
    private readonly basis: Basis,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(WAKEUPS) private readonly wakeups: Wakeups,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Opens an execution and rings for it.
   *
   * @throws FirebreakError `not-found` for the runbook, `forbidden` when the person may not start it there, also to look only,
   * `suppressed` when a guard or a template says no
   */
  async start(request: StartRequest, starter: Starter): Promise<Execution> {
    const now = this.clock.now();
    const { execution, claims, span } = prepare(request, starter, now, await this.basis.now());
    const opened = await this.store.open(execution, claims);
    if (!opened.opened) throw new FirebreakError('suppressed', `${opened.refusal.because}: ${explain(opened.refusal)}`);
    span.opened();
    // a bell that could not be set is found by the sweeper
    this.wakeups.ring(execution.id, now).catch(() => undefined);
    return execution;
  }
}

function prepare(
  request: StartRequest,
  { executionId, actor: { person, from }, trigger }: Starter,
  now: Instant,
  basis: Based,
): { execution: Execution; claims: Claim[]; span: OpeningSpan } {
  const runbook = named(request.runbook, basis);
  refuseStrangers(person, runbook);
  refuseOutside(runbook, request, now);
  const subject = subjectOf(request, now);
  const rendered = fillIn(runbook, subject, now, basis.circumstances);
  if (!rendered.ok) throw new FirebreakError('suppressed', `${rendered.because}: ${rendered.detail}`);
  const { aim, orders } = rendered;
  const claims = claimsOf(runbook, subject, aim, basis.circumstances.governor);
  if (!claims.ok) throw new FirebreakError('suppressed', `${claims.because}: ${claims.detail}`);
  const { target } = aim;
  refuseStrangers(person, runbook, target);
  const { reason, dryRun, cutOverAsks = false } = request;
  const asking = cutOverAsks && runbook.serving !== undefined && runbook.mode === 'auto';
  const acting = claims.claims.acting.filter(isForPeople);
  const requestedWith = { labels: subject.labels, annotations: subject.annotations };
  const asked = { requestedBy: person.name, requestedAccount: person.account, requestedFrom: from, requestedWith };
  const opened = asking ? { ...runbook, mode: 'approve' as const } : runbook;
  const opening = { id: executionId, runbook: opened, target, trigger, ...asked, dryRun, receivedAt: now };
  const span = openingSpan({ id: executionId, runbook, target });
  const execution = openExecution(
    { ...opening, ...span.begins, orders: { ...orders, claims: acting }, ...(reason === undefined ? {} : { reason }) },
    now,
  );
  // what changes nothing needs nothing
  return { execution, claims: dryRun ? [] : claims.claims.opening.filter(isForPeople), span };
}

/** Before anything is made of the labels, and again when the target is known: even a plan alone reads it. */
function refuseStrangers(person: Person, { name: runbook }: Runbook, target?: string): void {
  mustMay(person, 'start', { runbook, ...(target === undefined ? {} : { target }) });
}

function named(name: string, { runbooks, resting }: Based): Runbook {
  const found = runbooks.get(name);
  if (found !== undefined) return found;
  const waits = resting.get(name);
  if (waits === undefined) throw new FirebreakError('not-found', `there is no runbook ${name.slice(0, 100)}`);
  throw new FirebreakError('suppressed', `the runbook rests: ${waits.join(', ')} is not configured in firebreak.yaml`);
}

/** The windows hold for people, too; how old an alert is has no meaning where there is none. */
function refuseOutside({ guards: { windows } }: Runbook, { dryRun }: StartRequest, now: Instant): void {
  const closed = dryRun || windows === undefined ? undefined : windowRefusal(windows, now);
  if (closed === undefined) return;
  const detail = `${closed}; a person may act outside of it only by changing the runbook or by another runbook`;
  throw new FirebreakError('suppressed', `outside-window: ${detail}`);
}

/** It answers no incident, so it neither needs nor uses up one; and a person may act in a storm. */
function isForPeople({ kind }: Claim): boolean {
  return kind !== 'episode' && kind !== 'storm' && kind !== 'calm' && kind !== 'refires';
}

/** What templates read where they otherwise read an alert. */
function subjectOf(request: StartRequest, now: Instant): Alert {
  const { labels } = request;
  const annotations = annotationsOf(request);
  return {
    fingerprint: alertFingerprint(labels),
    status: 'firing',
    labels,
    annotations,
    startsAt: now,
    generatorURL: '',
  };
}

import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/catalog.js';
import { alertName, type Alert, type Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { Clock } from '../core/clock.js';
import { decide, type Decision } from '../core/decide.js';
import { openExecution } from '../core/open.js';
import { pauses, type Pause } from '../core/pause.js';
import { Effects } from '../engine/effects.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { stepPlanView } from './execution-view.js';

type Run = Extract<Decision, { run: true }>;

interface Circumstances {
  readonly now: Instant;
  readonly inForce: readonly Pause[];
  readonly mayPlan: () => boolean;
}

/** Plans ask the targets, so one request makes at most this many. */
const MOST_PLANS = 20;

/** What would happen with one alert for one runbook. */
export interface Simulated {
  readonly runbook?: string;
  readonly would: 'open' | 'suppress' | 'note';
  readonly because?: string;
  readonly detail?: string;
  readonly target?: string;
  readonly mode?: string;
  readonly plan?: object;
  /** What must hold when the execution is opened, and is checked only then. */
  readonly provided?: readonly Claim[];
}

/** Says what would happen with alerts, and why; nothing is kept and nothing is changed. */
@Injectable()
export class Simulation {
  private readonly effects: Effects;

  constructor(
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: ExecutionStore,
    host: PluginHost,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.effects = new Effects(store, host, clock, 'simulation');
  }

  /** Goes through the alerts of one body. */
  async run(alerts: readonly Alert[]): Promise<object[]> {
    const now = this.clock.now();
    const inForce = await this.store.pauses();
    let plans = 0;
    const mayPlan = (): boolean => plans++ < MOST_PLANS;
    return Promise.all(
      alerts.map(async (alert) => {
        const decided = this.decide(alert, now).map(async (one) =>
          one.run ? this.wouldRun(one, alert, { now, inForce, mayPlan }) : refused(one),
        );
        const decisions = decided.length > 0 ? await Promise.all(decided) : [unanswered(alert)];
        return { fingerprint: alert.fingerprint, alertname: alertName(alert), status: alert.status, decisions };
      }),
    );
  }

  private decide(alert: Alert, now: Instant): Decision[] {
    const { index, surroundings } = this.catalog.current;
    return alert.status === 'resolved' ? [] : decide(alert, index.candidates(alert.labels), now, surroundings);
  }

  private async wouldRun(decision: Run, alert: Alert, { now, inForce, mayPlan }: Circumstances): Promise<Simulated> {
    const { runbook, target, claims } = decision;
    const plan = mayPlan()
      ? await this.plan(decision, alert, now)
      : { skipped: `only ${MOST_PLANS} plans are made at once` };
    const facts = { runbook: runbook.name, target, mode: runbook.mode, plan };
    const pause = inForce.find((one) => pauses(one, scopesIn(claims), now));
    if (pause !== undefined)
      return { ...facts, would: 'suppress', because: 'paused', detail: `paused (${pause.scope}): ${pause.reason}` };
    // whether these can be taken is known only by taking them
    return { ...facts, would: 'open', provided: claims.filter((claim) => claim.kind !== 'unpaused') };
  }

  /** The same planning as for a real execution, of one that is never kept. */
  private async plan({ runbook, target, orders }: Run, alert: Alert, now: Instant): Promise<object> {
    const opening = { id: 'simulation', runbook, target, orders, alert, receivedAt: now };
    const event = await this.effects.plan(
      openExecution({ ...opening, trigger: 'alert', requestedBy: 'simulation', dryRun: true }, now),
    );
    if (event.type === 'planned') return { steps: event.plan.map(stepPlanView), digest: event.digest };
    if (event.type === 'not-needed') return { notNeeded: event.detail };
    return { failed: 'detail' in event ? event.detail : event.type };
  }
}

function refused({ runbook, because, detail }: Extract<Decision, { run: false }>): Simulated {
  return { runbook, would: 'suppress', because, detail };
}

function unanswered(alert: Alert): Simulated {
  if (alert.status === 'firing')
    return { would: 'note', because: 'no-runbook', detail: 'no runbook matches this alert' };
  return { would: 'note', detail: 'resolved: closes what is not begun for this incident, and marks what is in force' };
}

function scopesIn(claims: readonly Claim[]): readonly string[] {
  return claims.flatMap((claim) => (claim.kind === 'unpaused' ? claim.scopes : []));
}

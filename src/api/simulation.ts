import { Inject, Injectable } from '@nestjs/common';
import { alertName, type Alert, type Instant } from '../core/alert.js';
import { explain, type OpeningRefusal } from '../core/claim-refusal.js';
import type { Clock } from '../core/clock.js';
import { decide, type Decision } from '../core/decide.js';
import { fired, NO_EPISODE, resolved } from '../core/episode.js';
import { hasBegun } from '../core/evolved.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { explainNoRunbook, nearestMisses } from '../core/explain-match.js';
import { fateOf, type Decided } from '../core/fate.js';
import { askedBy, loweredBy } from '../core/lowered.js';
import { openExecution } from '../core/open.js';
import { ADVICE } from '../core/suppressions.js';
import { nextOpening } from '../core/window.js';
import { Effects } from '../engine/effects.js';
import type { ExecutionStore, KnownAlert } from '../engine/execution-store.js';
import { Permit } from '../engine/permit.js';
import { Basis, type Based } from '../intake/basis.js';
import { CLOCK, STORE } from '../parts.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { alreadyAnswered } from './already-answered.js';
import { choiceView } from './choice-view.js';
import { Imagined } from './imagined.js';
import { plannedView, whatNext, type Simulated, type SimulatedAlert } from './simulated.js';
import { when } from './why-words.js';

type Run = Extract<Decision, { run: true }>;

/** One payload on its way through. */
interface Course {
  readonly now: Instant;
  readonly basis: Based;
  readonly imagined: Imagined;
  opened: number;
  plans: number;
  /** The last plan for each target: one after the other, so that real executions are not kept waiting. */
  readonly planning: Map<string, Promise<unknown>>;
}

/** Plans ask the targets, so one request makes at most this many. */
const MOST_PLANS = 20;
const MOST_MISSES = 200;

/**
 * Says what would become of the alerts of a payload, and why: the same decisions, claims, trust and plans as for a real
 * one, in the same order; but nothing is taken, kept or changed.
 */
@Injectable()
export class Simulation {
  private readonly effects: Effects;

  constructor(
    private readonly basis: Basis,
    @Inject(STORE) private readonly store: ExecutionStore,
    host: PluginHost,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const nobody = { open: async () => ({ opened: false, detail: 'a simulation opens nothing' }) as const };
    // nobody keeps it fresh, so that nothing can ever be begun with it
    const permit = new Permit('simulation', store, clock, () => undefined);
    this.effects = new Effects(permit, host, clock, nobody);
  }

  /** Goes through the alerts of one body. */
  async run(alerts: readonly Alert[]): Promise<SimulatedAlert[]> {
    const course: Course = {
      now: this.clock.now(),
      basis: await this.basis.now(),
      imagined: new Imagined(this.store, await this.store.governance.storms()),
      opened: 0,
      plans: 0,
      planning: new Map(),
    };
    const runbooks = [...course.basis.runbooks.values()];
    const answers: (() => Promise<SimulatedAlert>)[] = [];
    // the guards in the order of the payload; the plans, which take time, all at once
    for (const alert of alerts) {
      const decided = await (alert.status === 'firing' ? this.firing(alert, course) : this.resolved(alert));
      const misses = alert.status === 'firing' ? nearestMisses(runbooks, alert.labels, MOST_MISSES) : [];
      const { fingerprint, status } = alert;
      answers.push(async () => {
        const decisions = await Promise.all(decided.map((one) => one()));
        const about = { fingerprint, alertname: alertName(alert), status };
        return { ...about, fate: fateOf(decisions.map(decidedOf)), decisions, misses };
      });
    }
    return Promise.all(answers.map((answer) => answer()));
  }

  private async firing(alert: Alert, course: Course): Promise<(() => Promise<Simulated>)[]> {
    const { index, runbooks, circumstances } = course.basis;
    const candidates = index.candidates(alert.labels);
    if (candidates.length === 0) {
      const detail = explainNoRunbook([...runbooks.values()], alert.labels);
      return [async () => ({ would: 'note', because: 'no-runbook', detail, toDo: ADVICE['no-runbook'] })];
    }
    const known = await this.store.alert(alert.fingerprint);
    const answered = alreadyAnswered(known, alert, candidates);
    if (answered !== undefined) return answered.map((one) => async () => duplicate(one));
    const all: (() => Promise<Simulated>)[] = [];
    const decided = decide(alert, candidates, course.now, circumstances);
    // in the order in which they are recorded
    for (const decision of decided.toSorted((a, b) => Number(a.run) - Number(b.run))) {
      all.push(
        decision.run ? await this.wouldRun(decision, alert, known, course) : async () => this.refused(decision, course),
      );
    }
    return all;
  }

  private async wouldRun(
    decision: Run,
    alert: Alert,
    known: KnownAlert | undefined,
    course: Course,
  ): Promise<() => Promise<Simulated>> {
    const { now, imagined } = course;
    const { runbook, target, orders } = decision;
    const refusal = await refusalOf(decision, alert, known, imagined);
    const id = `simulated-${course.opened + 1}`;
    const opening = { id, runbook, target, orders, alert, receivedAt: now };
    const opened = openExecution({ ...opening, trigger: 'alert', requestedBy: 'simulation', dryRun: false }, now);
    const lowered = loweredBy(opened, await this.store.governance.standing(opened));
    const execution: Execution = lowered === undefined ? opened : { ...opened, mode: lowered.to, lowered };
    if (refusal === undefined) {
      course.opened++;
      imagined.take(decision.claims, id);
    }
    const mayPlan = course.plans++ < MOST_PLANS;
    return async () => {
      const event = mayPlan ? await this.plan(execution, course) : undefined;
      const asked = asPlanned(execution, event);
      return { ...factsOf(asked, event), ...(refusal === undefined ? wouldOpen(asked, event) : no(refusal)) };
    };
  }

  private plan(execution: Execution, { planning }: Course): Promise<Event> {
    const before = planning.get(execution.target) ?? Promise.resolve();
    const plan = before.then(() => this.effects.plan(execution));
    planning.set(
      execution.target,
      plan.catch(() => undefined),
    );
    return plan;
  }

  private refused({ runbook, because, detail }: Extract<Decision, { run: false }>, { now, basis }: Course): Simulated {
    const windows = basis.runbooks.get(runbook)?.guards.windows;
    const opens = because === 'outside-window' && windows !== undefined ? nextOpening(windows, now) : undefined;
    const next = opens === undefined ? '' : `; it opens at ${when(opens, now)}`;
    return { runbook, would: 'suppress', because, detail: `${detail}${next}`, toDo: ADVICE[because] };
  }

  private async resolved({ fingerprint, startsAt, endsAt = startsAt }: Alert): Promise<(() => Promise<Simulated>)[]> {
    const known = await this.store.alert(fingerprint);
    const over = known !== undefined && resolved(known.episode, endsAt).news === 'over';
    if (!over) return [async () => ({ would: 'note', detail: 'resolved; not news' })];
    const stored = await Promise.all(known.answers.map(({ executionId }) => this.store.get(executionId)));
    const open = stored.flatMap((one) =>
      one === undefined || one.execution.state.phase === 'closed' ? [] : [one.execution],
    );
    if (open.length === 0) return [async () => ({ would: 'note', detail: 'resolved; nothing is open for it' })];
    return open.map((execution) => async () => wouldEnd(execution));
  }
}

/** Which guard would say no. */
async function refusalOf(
  { claims }: Run,
  { startsAt }: Alert,
  known: KnownAlert | undefined,
  imagined: Imagined,
): Promise<OpeningRefusal | undefined> {
  const { news, next } = fired(known?.episode ?? NO_EPISODE, startsAt);
  if (news === 'stale') return { because: 'stale', tombstone: next.tombstone };
  // a new incident has not been answered by anybody
  return imagined.look(news === 'same' ? claims : claims.filter(({ kind }) => kind !== 'episode'), 'simulation');
}

/** How far it would go with its plan. */
function asPlanned(execution: Execution, event: Event | undefined): Execution {
  const lowered = event?.type === 'planned' ? askedBy(execution, event.plan) : undefined;
  return lowered === undefined ? execution : { ...execution, mode: lowered.to, lowered };
}

function duplicate({ runbook, executionId }: { runbook: string; executionId: string }): Simulated {
  return { runbook, would: 'suppress', ...no({ because: 'duplicate', executionId }), executionId };
}

function factsOf(execution: Execution, event: Event | undefined): Simulated & { would: 'open' } {
  const { runbook, target, mode, lowered, orders } = execution;
  const choice = orders.choice === undefined ? {} : { choice: choiceView(orders.choice) };
  const plan = event === undefined ? { skipped: `only ${MOST_PLANS} plans are made at once` } : plannedView(event);
  return { runbook, would: 'open', target, mode, ...(lowered === undefined ? {} : { lowered }), ...choice, plan };
}

function wouldOpen(execution: Execution, event: Event | undefined): Partial<Simulated> {
  return { executionId: execution.id, next: whatNext(execution, event) };
}

function no(refusal: OpeningRefusal): Partial<Simulated> {
  const { because } = refusal;
  return { would: 'suppress', because, detail: explain(refusal), refusal, toDo: ADVICE[because] };
}

function wouldEnd(execution: Execution): Simulated {
  const { id, runbook, state } = execution;
  const would = state.phase === 'planning' || state.phase === 'awaiting-approval' ? 'close' : 'note';
  const next = hasBegun(execution)
    ? 'what is in force would go on as the runbook says'
    : 'it would end, because nothing was changed yet';
  return { runbook, would, executionId: id, detail: 'the alert resolved', next };
}

function decidedOf({ would, because }: Simulated): Decided {
  const decision = ({ open: 'opened', suppress: 'suppressed', close: 'closed', note: 'noted' } as const)[would];
  return because === undefined ? { decision } : { decision, because };
}

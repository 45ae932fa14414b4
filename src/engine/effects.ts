import type { Clock } from '../core/clock.js';
import type { Event } from '../core/event.js';
import type { Execution, Intent } from '../core/execution.js';
import { isLifted } from '../core/evolve-reverting.js';
import { verifyOrder, type ProbeOrder, type StepOrder, type VerifyOrder } from '../core/orders.js';
import type { StepPlan } from '../core/step-plan.js';
import { canonicalJson } from '../core/json.js';
import type { GuardSample, Sample } from '../core/runbook.js';
import { effectKey, planDigest } from '../core/plan-digest.js';
import type { CallFailure, CallResult } from '../plugin-host/call-result.js';
import type { Fence, Host } from '../plugin-host/host.js';
import type { Lifting, Progress } from '../plugin-sdk/call.js';
import type { Stored } from './execution-store.js';
import { Gate } from './gate.js';
import type { Permit } from './permit.js';

/** Opens the next runbook for the alert of an execution that did not help. */
export interface Successors {
  /** May be called again after a crash: the claims of the opening see to it that nothing is opened twice. */
  open(
    execution: Execution,
  ): Promise<
    { readonly opened: true; readonly executionId: string } | { readonly opened: false; readonly detail: string }
  >;
}

/** Does what a move asks for, through the plugin host, and says what came of it as an event. Saves nothing. */
export class Effects {
  /** Intents that this process is acting on right now. */
  private readonly acting = new Set<string>();

  /**
   * @param permit says whether this process may begin anything, and who it is
   * @param host runs the plugins
   * @param clock the shared time
   * @param successors opens the runbooks that come next
   */
  constructor(
    private readonly permit: Permit,
    private readonly host: Host,
    private readonly clock: Clock,
    private readonly successors: Successors,
  ) {}

  /** Makes the plan of all steps, if what must be so is so; not needed when no step has anything to do. */
  async plan(execution: Execution): Promise<Event> {
    const { steps } = execution.orders;
    const since = this.clock.now();
    const unmet = await this.unmet(execution);
    if (unmet !== undefined) return unmet;
    const plan: StepPlan[] = [];
    const idle: string[] = [];
    let failed: Event | undefined;
    for (const order of steps) {
      const earlier = plan.flatMap((step) => step.changes);
      const asked = await this.host.check(execution, order, earlier);
      if (!asked.ok) return planFailed(order, asked.failure);
      const because = asked.value.needed ? undefined : asked.value.because;
      if (because !== undefined) idle.push(`${order.name}: ${because}`);
      const planned = await this.host.plan(execution, order, earlier);
      // when nothing at all is to be done, nobody needs the plan of it
      if (!planned.ok && because === undefined) return planFailed(order, planned.failure);
      if (!planned.ok) failed ??= planFailed(order, planned.failure);
      // what an idle step rests on may change before its turn, so it is planned and begun like any other
      else plan.push(because === undefined ? planned.value : { ...planned.value, idle: because });
    }
    if (idle.length === steps.length) return { type: 'not-needed', detail: idle.join('; ') };
    if (failed !== undefined) return failed;
    const baseline = await this.baseline(execution);
    const digest = planDigest(execution.target, steps, plan);
    return { type: 'planned', plan, digest, since, ...(baseline.length === 0 ? {} : { baseline }) };
  }

  /** A precondition that does not hold blocks; one that can't be asked is asked again, and blocks in the end. */
  private async unmet(execution: Execution): Promise<Event | undefined> {
    for (const order of execution.orders.require ?? []) {
      const { status, detail } = await this.host.measure(execution, order);
      if (status === 'error') return { type: 'plan-failed', guard: 'precondition', detail, again: true };
      if (status !== 'healthy')
        return { type: 'blocked', because: 'precondition', detail: `${order.probe}: ${detail}` };
    }
    return undefined;
  }

  /** The guard metrics of all verifications; what several of them look at is measured once. */
  private async baseline(execution: Execution): Promise<GuardSample[]> {
    const { steps, verify } = execution.orders;
    const measured = new Map<string, Promise<Sample>>();
    const measure = (order: ProbeOrder): Promise<Sample> => {
      const what = canonicalJson([order.probe, order.with]);
      const sample = measured.get(what) ?? this.host.measure(execution, order);
      measured.set(what, sample);
      return sample;
    };
    const ofSteps = steps.map(async (step) => {
      const guards = await guardsOf(step.verify, measure);
      return guards.map((guard) => ({ ...guard, step: step.name }));
    });
    return (await Promise.all([guardsOf(verify, measure), ...ofSteps])).flat();
  }

  /** Opens the next runbook for the same alert. */
  async escalate(execution: Execution): Promise<Event> {
    const opened = await this.successors.open(execution);
    return opened.opened
      ? { type: 'escalated', executionId: opened.executionId }
      : { type: 'escalation-refused', detail: opened.detail };
  }

  /** Announces an effect: a fresh epoch on the target, and a deadline after which this process has given up. */
  intent({ execution, targetEpoch }: Stored, step: number, direction: 'apply' | 'revert'): Intent {
    const order = execution.orders.steps[step];
    const at = this.clock.now();
    return {
      key: effectKey(execution.id, order?.name ?? String(step), direction),
      epoch: Math.max(targetEpoch, execution.epoch) + 1,
      owner: this.permit.owner,
      at,
      deadline: at + (order?.timeoutMs ?? 0),
    };
  }

  /** Says why nothing may be begun for an execution now, or nothing when it may. */
  mayNotBegin(execution: Execution): string | undefined {
    return this.permit.refusal(execution);
  }

  /** Makes the change, unless it is paused by now: then it is as if it had not been announced. */
  async apply(execution: Execution, step: number, intent: Intent): Promise<Event> {
    const { epoch, key } = intent;
    const refusal = this.permit.refusal(execution);
    if (refusal !== undefined) return { type: 'apply-withheld', step, epoch, detail: refusal };
    const gate = new Gate(() => this.permit.mayApply(execution, intent));
    const result = await this.hold(intent, () => this.host.apply(execution, step, intent, gate.fence));
    if (!result.ok) {
      const { code, detail, again } = result.failure;
      // one whose time is over may still be under way
      const withheld = code === 'timed-out' ? undefined : gate.withheld();
      if (withheld !== undefined) return { type: 'apply-withheld', step, epoch, detail: withheld };
      return { type: 'apply-doubtful', step, epoch, detail, again };
    }
    if (!result.value.done) return { type: 'apply-unfinished', step, epoch, againInMs: result.value.againInMs };
    return { type: 'applied', step, key, epoch };
  }

  /** Takes the change back. */
  async revert(execution: Execution, step: number, intent: Intent): Promise<Event> {
    const { epoch } = intent;
    const fence: Fence = () => this.permit.mayRevert(execution, intent);
    const lifting = this.lifting(execution, step);
    const result = await this.hold(intent, () => this.host.revert(execution, step, intent, fence, lifting));
    if (!result.ok)
      return { type: 'revert-failed', step, epoch, detail: result.failure.detail, again: result.failure.again };
    if (!result.value.done) return { type: 'revert-unfinished', step, epoch, againInMs: result.value.againInMs };
    return { type: 'reverted', step, epoch };
  }

  private lifting(execution: Execution, step: number): Lifting | undefined {
    const { state, orders } = execution;
    if (state.phase !== 'reverting' || !isLifted(state.cause)) return undefined;
    const order = orders.steps[step];
    const verify = order?.verify ?? orders.verify;
    return {
      measure: async () => {
        if (verify === undefined) return { status: 'unknown', detail: 'the runbook has no verification' };
        const sample = await this.inTime(this.host.measure(execution, verify), (order?.timeoutMs ?? 0) / 2);
        if (sample === undefined) return { status: 'unknown', detail: `${verify.probe} took too long` };
        const { status, ...rest } = sample;
        return { ...rest, status: status === 'error' ? 'unknown' : status };
      },
    };
  }

  /** A probe that hangs means that nobody knows; it must not use up the time of the step, which would count as a failure. */
  private inTime<T>(asked: Promise<T>, ms: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(ms, () => resolve(undefined));
      void asked.then(resolve, reject).finally(cancel);
    });
  }

  /** Asks the target whether an effect of unknown outcome took: never a blind repeat. */
  async settle(execution: Execution, step: number, intent: Intent): Promise<Event> {
    const { epoch, key } = intent;
    const asked = await this.host.verify(execution, step);
    if (!asked.ok) return { type: 'apply-unanswered', step, epoch, detail: asked.failure.detail };
    if (asked.value.took) return { type: 'applied', step, key, epoch };
    const uses = execution.orders.steps[step]?.uses ?? '';
    const { state } = execution;
    const doubt = state.phase === 'applying' && state.effect.is === 'in-doubt' ? state.effect : undefined;
    const again = (doubt?.again ?? true) && this.host.idempotency(uses) !== 'none';
    return { type: 'apply-refuted', step, epoch, detail: doubt?.detail ?? asked.value.detail, again };
  }

  /** Measures once. */
  async sample(execution: Execution): Promise<Event> {
    const { state, orders } = execution;
    const step = state.phase === 'verifying' ? state.step : undefined;
    const verify = verifyOrder(orders, step);
    const measure = (order: ProbeOrder): Promise<Sample> => this.host.measure(execution, order);
    const [sample, guards] = await Promise.all([
      measure(verify ?? { probe: '(none)', with: {} }),
      guardsOf(verify, measure),
    ]);
    return {
      type: 'sampled',
      ...(step === undefined ? {} : { step }),
      sample: guards.length === 0 ? sample : { ...sample, guards },
    };
  }

  /** Tells whether some process may still be acting on an intent: then it is left alone. */
  async someoneIsOn(intent: Intent): Promise<boolean> {
    if (intent.owner === this.permit.owner) return this.acting.has(actingKey(intent));
    return this.clock.now() < intent.deadline && (await this.permit.alive(intent.owner));
  }

  private async hold(intent: Intent, act: () => Promise<CallResult<Progress>>): Promise<CallResult<Progress>> {
    const key = actingKey(intent);
    this.acting.add(key);
    try {
      return await act();
    } finally {
      this.acting.delete(key);
    }
  }
}

function guardsOf(
  verify: VerifyOrder | undefined,
  measure: (order: ProbeOrder) => Promise<Sample>,
): Promise<GuardSample[]> {
  const guards = verify?.guards ?? [];
  return Promise.all(guards.map(async (order) => ({ name: order.name, ...(await measure(order)) })));
}

function planFailed(order: StepOrder, { detail, again }: CallFailure): Event {
  return { type: 'plan-failed', detail: `${order.name}: ${detail}`, again };
}

function actingKey(intent: Intent): string {
  return `${intent.key}@${intent.epoch}`;
}

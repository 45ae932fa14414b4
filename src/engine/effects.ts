import type { Clock } from '../core/clock.js';
import type { Event } from '../core/event.js';
import type { Execution, Intent, StepOrder, StepPlan } from '../core/execution.js';
import { effectKey, planDigest } from '../core/plan-digest.js';
import type { CallFailure, CallResult } from '../plugin-host/call-result.js';
import type { Host } from '../plugin-host/plugin-host.js';
import type { Progress } from '../plugin-sdk/call.js';
import type { ExecutionStore, Stored } from './execution-store.js';

/** Does what a move asks for, through the plugin host, and says what came of it as an event. Saves nothing. */
export class Effects {
  /** Intents that this process is acting on right now. */
  private readonly acting = new Set<string>();

  /**
   * @param me names this process among all workers
   */
  constructor(
    private readonly store: ExecutionStore,
    private readonly host: Host,
    private readonly clock: Clock,
    private readonly me: string,
  ) {}

  /** Says to the other workers that this process lives, for the next `ttlMs`. */
  beat(ttlMs: number): Promise<void> {
    return this.store.beat(this.me, ttlMs);
  }

  /** Makes the plan of all steps; not needed when no step has anything to do. */
  async plan(execution: Execution): Promise<Event> {
    const { steps } = execution.orders;
    const idle: string[] = [];
    for (const order of steps) {
      const asked = await this.host.check(execution, order);
      if (!asked.ok) return planFailed(order, asked.failure);
      if (!asked.value.needed) idle.push(`${order.name}: ${asked.value.because}`);
    }
    if (idle.length === steps.length) return { type: 'not-needed', detail: idle.join('; ') };
    const plan: StepPlan[] = [];
    for (const order of steps) {
      const planned = await this.host.plan(execution, order);
      if (!planned.ok) return planFailed(order, planned.failure);
      plan.push(planned.value);
    }
    return { type: 'planned', plan, digest: planDigest(execution.target, steps, plan) };
  }

  /** Announces an effect: a fresh epoch on the target, and a deadline after which this process has given up. */
  intent({ execution, targetEpoch }: Stored, step: number, direction: 'apply' | 'revert'): Intent {
    const order = execution.orders.steps[step];
    const at = this.clock.now();
    return {
      key: effectKey(execution.id, order?.name ?? String(step), direction),
      epoch: Math.max(targetEpoch, execution.epoch) + 1,
      owner: this.me,
      at,
      deadline: at + (order?.timeoutMs ?? 0),
    };
  }

  /** Makes the change. */
  async apply(execution: Execution, step: number, intent: Intent): Promise<Event> {
    const { epoch, key } = intent;
    const result = await this.hold(intent, () =>
      this.host.apply(execution, step, intent, this.fence(execution, intent)),
    );
    if (!result.ok)
      return { type: 'apply-doubtful', step, epoch, detail: result.failure.detail, again: result.failure.again };
    if (!result.value.done) return { type: 'apply-unfinished', step, epoch, againInMs: result.value.againInMs };
    return { type: 'applied', step, key, epoch };
  }

  /** Takes the change back. */
  async revert(execution: Execution, step: number, intent: Intent): Promise<Event> {
    const { epoch } = intent;
    const result = await this.hold(intent, () =>
      this.host.revert(execution, step, intent, this.fence(execution, intent)),
    );
    if (!result.ok)
      return { type: 'revert-failed', step, epoch, detail: result.failure.detail, again: result.failure.again };
    if (!result.value.done) return { type: 'revert-unfinished', step, epoch, againInMs: result.value.againInMs };
    return { type: 'reverted', step, epoch };
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
    return { type: 'sampled', sample: await this.host.sample(execution) };
  }

  /** Tells whether some process may still be acting on an intent: then it is left alone. */
  async someoneIsOn(intent: Intent): Promise<boolean> {
    if (intent.owner === this.me) return this.acting.has(actingKey(intent));
    return this.clock.now() < intent.deadline && (await this.store.alive(intent.owner));
  }

  private fence(execution: Execution, intent: Intent): () => Promise<boolean> {
    return () => this.store.holdsEpoch(execution.target, intent.epoch);
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

function planFailed(order: StepOrder, { detail, again }: CallFailure): Event {
  return { type: 'plan-failed', detail: `${order.name}: ${detail}`, again };
}

function actingKey(intent: Intent): string {
  return `${intent.key}@${intent.epoch}`;
}

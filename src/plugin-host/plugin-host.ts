import { labelsFrom } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import type { Execution, Intent } from '../core/execution.js';
import type { Origin } from '../core/origin.js';
import type { ProbeOrder, StepOrder } from '../core/orders.js';
import type { Change, StepPlan } from '../core/step-plan.js';
import type { Json } from '../core/json.js';
import type { Sample } from '../core/runbook.js';
import type { Idempotency } from '../plugin-sdk/action.js';
import type { CheckAnswer, Lifting, Message, PluginLog, Progress, VerifyAnswer } from '../plugin-sdk/call.js';
import { PluginError } from '../plugin-sdk/plugin-error.js';
import type { Action, BareCall } from '../plugin-sdk/plugin.js';
import type { Fence, Host, Reading } from './host.js';
import { boundedCall, type CallName, type CallObserver } from './bounded-call.js';
import type { CallResult } from './call-result.js';
import type { CallPurpose } from './call-span.js';
import type { LoadedPlugins, Named } from './loaded-plugins.js';
import { redactJson, redactor } from './redact.js';
import { stepPlanOf } from './step-plan-of.js';
import { MOST_UNSETTLED, Unsettled } from './unsettled.js';

/** Questions that change nothing get at most this long, however long the step may take. */
const ASK_TIMEOUT_MS = 10_000;
const SEND_TIMEOUT_MS = 10_000;
/** Bounds for what a plugin asks for as the time until it is asked again. */
const AGAIN_MS = { least: 100, most: 3_600_000 };

/** Runs plugins: finds them by name, checks parameters, sets deadlines, masks secrets, measures. */
export class PluginHost implements Host {
  private readonly mask: (text: string) => string;
  private readonly unsettled = new Unsettled();

  /**
   * @param plugins all that are configured
   * @param clock for deadlines
   * @param observe sees every call
   * @param log where plugins write to
   */
  constructor(
    private readonly plugins: LoadedPlugins,
    private readonly clock: Clock,
    private readonly observe: CallObserver,
    private readonly log: (fields: { readonly [name: string]: Json }) => PluginLog,
  ) {
    this.mask = redactor(plugins.secrets);
  }

  check(execution: Execution, order: StepOrder, earlier: readonly Change[]): Promise<CallResult<CheckAnswer>> {
    return this.act(execution, order, 'check', ASK_TIMEOUT_MS, async (action, call) => {
      const answer = await action.check({ ...call, earlier }, order.with);
      return answer.needed ? answer : { ...answer, because: this.mask(answer.because) };
    });
  }

  plan(execution: Execution, order: StepOrder, earlier: readonly Change[]): Promise<CallResult<StepPlan>> {
    return this.act(execution, order, 'plan', ASK_TIMEOUT_MS, async (action, call, named) => {
      const plan = await action.plan({ ...call, earlier }, order.with);
      return stepPlanOf(plan, order, named, this.mask);
    });
  }

  apply(execution: Execution, step: number, intent: Intent, fence: Fence): Promise<CallResult<Progress>> {
    return this.change('apply', execution, step, { intent, fence });
  }

  revert(
    execution: Execution,
    step: number,
    intent: Intent,
    fence: Fence,
    lifting?: Lifting,
  ): Promise<CallResult<Progress>> {
    return this.change('revert', execution, step, { intent, fence, ...(lifting === undefined ? {} : { lifting }) });
  }

  private change(
    verb: 'apply' | 'revert',
    execution: Execution,
    step: number,
    { intent, fence, lifting }: { intent: Intent; fence: Fence; lifting?: Lifting },
  ): Promise<CallResult<Progress>> {
    const { order, before } = stepOf(execution, step);
    return this.act(execution, order, verb, order.timeoutMs, async (action, call) => {
      const closed = async (): Promise<void> => {
        call.signal.throwIfAborted();
        const answer = await fence();
        if (!answer.open) throw new PluginError(answer.because, answer.detail, answer.because === 'withheld');
      };
      const effect = { ...call, key: intent.key, epoch: intent.epoch, fence: closed };
      const progress =
        verb === 'apply'
          ? await action.apply(effect, order.with, before)
          : await action.revert(lifting === undefined ? effect : { ...effect, lifting }, order.with, before);
      if (progress.done) return progress;
      return { done: false, againInMs: Math.min(AGAIN_MS.most, Math.max(AGAIN_MS.least, progress.againInMs)) };
    });
  }

  verify(execution: Execution, step: number): Promise<CallResult<VerifyAnswer>> {
    const { order, before } = stepOf(execution, step);
    return this.act(execution, order, 'verify', ASK_TIMEOUT_MS, (action, call) =>
      action.verify(call, order.with, before),
    );
  }

  async measure(execution: Execution, order: ProbeOrder): Promise<Sample> {
    // further numbers are for metrics, not for the journal
    const { values: _values, ...sample } = await this.sample(order, ASK_TIMEOUT_MS, execution);
    return sample;
  }

  /**
   * Measures once for no execution; whatever goes wrong is an `error`.
   *
   * @param timeoutMs after this long it is one, in milliseconds
   */
  async look(order: ProbeOrder, timeoutMs: number): Promise<Reading> {
    const what = `${order.probe} ${JSON.stringify(order.with)}`;
    const waiting = this.unsettled.of(what);
    if (waiting < MOST_UNSETTLED)
      return this.sample(order, timeoutMs, undefined, (asking) => this.unsettled.during(what, asking));
    const detail = `${waiting} earlier questions to ${order.probe} have not come back`;
    return { at: this.clock.now(), status: 'error', detail };
  }

  private async sample(
    order: ProbeOrder,
    timeoutMs: number,
    execution?: Execution,
    during: <T>(asking: () => Promise<T>) => Promise<T> = (asking) => asking(),
  ): Promise<Reading> {
    const named = this.plugins.probes.get(order.probe);
    const failed = (detail: string): Reading => ({ at: this.clock.now(), status: 'error', detail });
    if (named === undefined) return failed(`probe ${order.probe} is not there`);
    const name: CallName = { plugin: named.plugin, part: named.part, verb: 'measure' };
    const result = await this.bounded({ name, timeoutMs, purpose: purposeOf(execution) }, (signal) =>
      during(async () => named.item.measure(this.bare(execution, name, signal), order.with)),
    );
    if (!result.ok) return failed(`${order.probe} could not be asked: ${result.failure.detail}`);
    return { at: this.clock.now(), ...result.value, detail: this.mask(result.value.detail) };
  }

  idempotency(uses: string): Idempotency {
    return this.plugins.actions.get(uses)?.item.idempotency ?? 'none';
  }

  async send(notifier: string, message: Message, origin?: Origin): Promise<CallResult<void>> {
    const named = this.plugins.notifiers.get(notifier);
    if (named === undefined) return unknownName('notifier', notifier, this.plugins.notifiers);
    const name: CallName = { plugin: named.plugin, part: named.part, verb: 'send' };
    const about = message.execution === undefined ? {} : { executionId: message.execution.id };
    const log = this.log({ plugin: named.plugin, part: named.part, ...about });
    const purpose = purposeOfNews(message, origin);
    return this.bounded({ name, timeoutMs: SEND_TIMEOUT_MS, purpose }, (signal) =>
      named.item.send({ signal, log }, message),
    );
  }

  private async act<T>(
    execution: Execution,
    order: StepOrder,
    verb: CallName['verb'],
    timeoutMs: number,
    run: (action: Action, call: BareCall, named: Named<Action>) => Promise<T>,
  ): Promise<CallResult<T>> {
    const named = this.plugins.actions.get(order.uses);
    if (named === undefined) return unknownName('action', order.uses, this.plugins.actions);
    const name: CallName = { plugin: named.plugin, part: named.part, verb };
    const where = `${name.plugin} for ${execution.target}`;
    const waiting = this.unsettled.of(where);
    if (waiting >= MOST_UNSETTLED) {
      const detail = `${waiting} earlier calls into ${where} have not come back`;
      return { ok: false, failure: { code: 'not-come-back', detail, again: true } };
    }
    const bound = Math.min(timeoutMs, order.timeoutMs);
    return this.bounded({ name, timeoutMs: bound, purpose: purposeOf(execution, order.name) }, (signal) =>
      this.unsettled.during(where, async () => run(named.item, this.bare(execution, name, signal), named)),
    );
  }

  private bounded<T>(
    { name, timeoutMs, purpose }: { name: CallName; timeoutMs: number; purpose: CallPurpose | undefined },
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<CallResult<T>> {
    const { clock, mask, observe } = this;
    // an author may throw before the first await, so the call begins inside a promise
    return boundedCall(name, { clock, timeoutMs, mask, observe, purpose }, async (signal) => run(signal));
  }

  private bare(execution: Execution | undefined, { plugin, part, verb }: CallName, signal: AbortSignal): BareCall {
    const { mask } = this;
    const about = execution === undefined ? {} : { executionId: execution.id };
    const log = this.log({ plugin, part, verb, ...about });
    const masked: PluginLog = {
      info: (message, fields) => log.info(mask(message), fields && maskFields(fields, mask)),
      warn: (message, fields) => log.warn(mask(message), fields && maskFields(fields, mask)),
    };
    const alert = execution?.alert;
    if (alert === undefined) return { signal, log: masked };
    const { fingerprint, labels, annotations } = alert;
    return {
      signal,
      log: masked,
      alert: { fingerprint, labels: labelsFrom(labels), annotations: labelsFrom(annotations) },
    };
  }
}

function purposeOf(execution: Execution | undefined, step?: string): CallPurpose | undefined {
  if (execution === undefined) return undefined;
  const { id: executionId, target, origin } = execution;
  return { executionId, target, ...(origin === undefined ? {} : { origin }), ...(step === undefined ? {} : { step }) };
}

function purposeOfNews({ execution }: Message, origin: Origin | undefined): CallPurpose | undefined {
  if (execution === undefined) return undefined;
  const { id: executionId, target } = execution;
  return { executionId, target, isApart: true, ...(origin === undefined ? {} : { origin }) };
}

function maskFields(
  fields: { readonly [name: string]: Json },
  mask: (text: string) => string,
): { [name: string]: Json } {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactJson(value, mask)]));
}

function stepOf(execution: Execution, step: number): { order: StepOrder; before: Json } {
  const order = execution.orders.steps[step];
  const plan = execution.state.phase === 'planning' ? undefined : execution.state.plan[step];
  if (order === undefined || plan === undefined)
    throw new Error(`execution ${execution.id} has no planned step ${step}`);
  return { order, before: plan.before };
}

function unknownName(kind: string, name: string, known: ReadonlyMap<string, unknown>): CallResult<never> {
  const list = [...known.keys()].sort().join(', ') || 'none';
  return {
    ok: false,
    failure: { code: 'unknown-name', detail: `there is no ${kind} ${name}; known are: ${list}`, again: false },
  };
}

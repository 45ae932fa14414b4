import { z } from 'zod';
import type { Instant } from '../core/alert.js';
import type { Change } from '../core/step-plan.js';
import { asPlanned } from '../plugin-sdk/as-planned.js';
import { definePlugin } from '../plugin-sdk/plugin.js';
import type { Plugin } from '../plugin-sdk/plugin.js';
import type { EffectCall, Measurement, Message, Progress } from '../plugin-sdk/call.js';
import { PluginError } from '../plugin-sdk/plugin-error.js';

/** One write at the pretend target, as its own log has it. */
export interface Write {
  readonly verb: 'apply' | 'revert';
  readonly name: string;
  readonly value: string;
  readonly key: string;
  readonly epoch: number;
  readonly at: Instant;
}

/** What a probe says, or that it cannot be asked. */
export type Reading = Measurement | 'unreachable';

/** How the next calls of one verb go; the default is `works`. */
export type Behaviour =
  | { readonly how: 'works' }
  /** Fails before anything is changed. */
  | { readonly how: 'fails'; readonly again: boolean }
  /** Changes the target, then loses the answer. */
  | { readonly how: 'loses-the-answer' }
  /** Never answers and heeds no signal; nothing is changed. */
  | { readonly how: 'hangs' }
  /** Is not done at once: asks to be asked again. */
  | { readonly how: 'takes-time'; readonly againInMs: number }
  /** Says that it is done and changes nothing. */
  | { readonly how: 'lies' };

/** From one stage to the next. */
const STAGE_MS = 30_000;

type Verb = 'check' | 'plan' | 'apply' | 'verify' | 'revert';

/** A small system with named values that a test can look into and disturb; it keeps its own log of writes. */
export class PretendTarget {
  readonly values = new Map<string, string>();
  /** The oracle: what really happened, whatever anybody believes. */
  readonly writes: Write[] = [];
  /** What people were told through `pretend/people`. */
  readonly told: Message[] = [];
  /** What the probe `pretend/state` says. */
  measurement: Reading = { status: 'healthy', value: 1, detail: 'all is well' };
  /** Why every plan asks for a person; nothing, and none does. */
  asks: string | undefined;
  /** The values through which a change is taken back when there is time; none, and it goes back in one. */
  stages: readonly string[] = [];
  /** How long that may last at most, as plans say, in milliseconds. */
  liftWithinMs = 600_000;
  /** What the probe `pretend/guard` says: a metric that must not get worse, or a precondition. */
  guard: Reading = { status: 'healthy', value: 0, detail: 'no errors' };
  private readonly behaviours = new Map<Verb, Behaviour[]>();

  /** @param now the time of the test, for the log */
  constructor(private readonly now: () => Instant = () => 0) {}

  /** Says how the next calls of a verb go, one after the other; afterwards it works again. */
  next(verb: Verb, ...behaviours: Behaviour[]): void {
    this.behaviours.set(verb, [...(this.behaviours.get(verb) ?? []), ...behaviours]);
  }

  /** From now on everything works again. */
  recover(): void {
    this.behaviours.clear();
  }

  /** Performs a write as the present behaviour wants it. */
  async perform(verb: 'apply' | 'revert', write: () => void, worked: Progress = { done: true }): Promise<Progress> {
    const behaviour = this.take(verb);
    switch (behaviour.how) {
      case 'works':
        write();
        return worked;
      case 'fails':
        throw new PluginError('target-said-no', 'the target said no', behaviour.again);
      case 'loses-the-answer':
        write();
        throw new PluginError('connection-lost', 'the connection broke before the answer');
      case 'hangs':
        return new Promise(() => undefined);
      case 'takes-time':
        return { done: false, againInMs: behaviour.againInMs };
      case 'lies':
        return { done: true };
    }
  }

  /** Answers a question as the present behaviour wants it. */
  async answer<T>(verb: 'check' | 'plan' | 'verify', value: () => T): Promise<T> {
    const behaviour = this.take(verb);
    if (behaviour.how === 'fails') throw new PluginError('target-said-no', 'the target said no', behaviour.again);
    if (behaviour.how === 'hangs') return new Promise(() => undefined);
    return value();
  }

  private take(verb: Verb): Behaviour {
    return this.behaviours.get(verb)?.shift() ?? { how: 'works' };
  }

  /** The plugin whose actions change this target: `pretend/set`, `pretend/set-once` (no idempotency) and `pretend/burn` (not reversible). */
  plugin(): Plugin {
    const params = z.strictObject({ name: z.string().default('x'), value: z.string() });
    const valueOf = (name: string): string => this.values.get(name) ?? '';
    const valueBy = (name: string, earlier: readonly Change[]): string => {
      const value = asPlanned(earlier, name, 'value', valueOf(name));
      return typeof value === 'string' ? value : '';
    };
    return definePlugin({
      id: 'pretend',
      sdk: 1,
      version: '1',
      config: z.object({}),
      connect: async () => this,
      close: () => undefined,
      provide: ({ action, notifier, probe }) => {
        const set = (idempotency: 'conditional' | 'none', reversible: boolean) =>
          action({
            summary: 'Set a value',
            params,
            before: z.string(),
            risk: 'low',
            idempotency,
            reversible,
            check: ({ params: { name, value }, earlier }) =>
              this.answer('check', () =>
                valueBy(name, earlier) === value ? { needed: false, because: `${name} is ${value}` } : { needed: true },
              ),
            plan: ({ params: { name, value }, earlier }) =>
              this.answer('plan', () => {
                const from = valueBy(name, earlier);
                return {
                  summary: `set ${name} to ${value}`,
                  changes: [{ resource: name, attribute: 'value', from, to: value }],
                  before: from,
                  ...(this.asks === undefined ? {} : { asks: this.asks }),
                  ...(this.stages.length === 0 ? {} : { liftWithinMs: this.liftWithinMs }),
                };
              }),
            apply: async (call, before) => {
              const { name, value } = call.params;
              await call.fence();
              return this.perform('apply', () => {
                if (idempotency === 'conditional' && valueOf(name) !== before) return;
                this.write({ verb: 'apply', name, value, key: call.key, epoch: call.epoch });
              });
            },
            verify: ({ params: { name, value } }) =>
              this.answer('verify', () =>
                valueOf(name) === value ? { took: true } : { took: false, detail: `${name} is ${valueOf(name)}` },
              ),
            revert: async (call, before) => {
              const next = await this.stageBefore(call, before);
              if (next === 'wait') return { done: false, againInMs: STAGE_MS };
              await call.fence();
              const write = () => {
                if (next === undefined) return;
                this.write({ verb: 'revert', name: call.params.name, value: next, key: call.key, epoch: call.epoch });
              };
              const isLast = next === undefined || next === before;
              return this.perform('revert', write, isLast ? { done: true } : { done: false, againInMs: STAGE_MS });
            },
          });
        return {
          actions: { set: set('conditional', true), 'set-once': set('none', true), burn: set('conditional', false) },
          notifiers: {
            people: notifier({ summary: 'Tell people', send: async (_, message) => void this.told.push(message) }),
          },
          probes: {
            state: probe({
              summary: 'What the test says',
              params: z.object({}),
              measure: async () => readingOf(this.measurement),
            }),
            guard: probe({
              summary: 'What the test says besides',
              params: z.object({}),
              measure: async () => readingOf(this.guard),
            }),
          },
        };
      },
    });
  }

  /** The value to go back to now: the next stage when there is time, or else all of the way; undefined when it is not on that way. */
  private async stageBefore(
    {
      lifting,
      params: { name, value },
    }: Pick<EffectCall<unknown, { name: string; value: string }>, 'lifting' | 'params'>,
    before: string,
  ): Promise<string | undefined> {
    const way = [value, ...this.stages, before];
    const at = way.indexOf(this.values.get(name) ?? '');
    if (at < 0 || at === way.length - 1) return undefined;
    if (lifting === undefined || this.stages.length === 0) return before;
    return (await lifting.measure()).status === 'healthy' ? way[at + 1] : 'wait';
  }

  private write(write: Omit<Write, 'at'>): void {
    this.values.set(write.name, write.value);
    this.writes.push({ ...write, at: this.now() });
  }
}

function readingOf(reading: Reading): Measurement {
  if (reading === 'unreachable') throw new PluginError('target-away', 'the target could not be reached');
  return reading;
}

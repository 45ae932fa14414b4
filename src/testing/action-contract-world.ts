import { inspect, isDeepStrictEqual } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import type { Action, BareEffectCall, BarePlanCall, PluginInstance } from '../plugin-sdk/plugin.js';
import type { Change, Json, Plan, PluginLog, Progress } from '../plugin-sdk/index.js';

/** A real target for one action, and what to do with it; each clause of the contract starts from `reset`. */
export interface ActionWorld {
  /** The running plugin. */
  readonly plugin: PluginInstance;
  /** Parameters for which the target, after `reset`, needs a change. */
  readonly params: Json;
  /**
   * What earlier steps will have changed, for an action that comes after others; nothing unless told. `reset` leaves the
   * target as they do.
   */
  readonly earlier?: readonly Change[];
  /** Parameters that the action's schema must refuse. */
  readonly nonsense: readonly Json[];
  /** The same plugin and secrets with a target that can't be reached: its errors are searched for secrets. */
  readonly unreachable?: PluginInstance;
  /** What the target really is now: everything that the action could change, and nothing that changes by itself. */
  read(): Promise<Json>;
  /**
   * True for what can be done again however often it was done, such as beginning a new generation: `check` need not say
   * after it that nothing is needed.
   */
  readonly alwaysNeeded?: boolean;
  /** Brings the target back to where `params` need a change. */
  reset(): Promise<void>;
  /** How many writes the target has seen since it was started, if it can tell. */
  effects?(): number | Promise<number>;
  /** Stops everything that was started for this world. */
  close(): Promise<void>;
}

/** Which action is to keep the contract, and where. */
export interface ContractSubject {
  /** Name of the action in its plugin. */
  readonly action: string;
  /** Starts the world; the plugin gets this log, which is searched for secrets. */
  world(log: PluginLog): Promise<ActionWorld>;
}

const MAX_ASKING = 50;

/** The world with what clauses need: calls to make, and a memory of all that was said. */
export class Stage {
  /** Every log line, error and plan so far, as text. */
  readonly said: string[];
  private calls = 0;

  constructor(
    readonly world: ActionWorld,
    readonly action: Action,
    private readonly recorder: Recorder,
  ) {
    this.said = recorder.said;
  }

  /** A call as the host makes it, with an open fence, or what the clause puts in its place. */
  call(differs: Partial<BareEffectCall & BarePlanCall> = {}): BareEffectCall & BarePlanCall {
    this.calls += 1;
    const signal = new AbortController().signal;
    return {
      earlier: this.world.earlier ?? [],
      key: `key-${this.calls}`,
      epoch: this.calls,
      signal,
      log: this.recorder.log,
      fence: async () => {},
      ...differs,
    };
  }

  /** Plans, and hands `before` through JSON as the journal does. */
  async plan(): Promise<Plan<Json>> {
    const plan = await this.action.plan(this.call(), this.world.params);
    this.said.push(JSON.stringify(plan));
    return plan;
  }

  /** Applies until done. */
  apply(before: Json, call = this.call()): Promise<void> {
    return untilDone(() => this.action.apply(call, this.world.params, before));
  }

  /** Reverts until done. */
  revert(before: Json, call = this.call()): Promise<void> {
    return untilDone(() => this.action.revert(call, this.world.params, before));
  }

  /** Does something and says how the target differs afterwards; undefined when it does not. */
  async changesBy(what: () => Promise<unknown>): Promise<string | undefined> {
    const [state, effects] = [await this.world.read(), await this.world.effects?.()];
    await what();
    const written = ((await this.world.effects?.()) ?? 0) - (effects ?? 0);
    if (written !== 0) return `the target saw ${written} writes`;
    return differenceOf(state, await this.world.read());
  }

  /** Gives the error of something that should fail, keeps it for the search for secrets; undefined when it did not fail. */
  async errorOf(what: () => Promise<unknown>): Promise<unknown> {
    try {
      await what();
      return undefined;
    } catch (error) {
      this.said.push(inspect(error, { depth: 6, showHidden: true }));
      return error ?? 'an error without a value';
    }
  }
}

/** Keeps every log line. */
export class Recorder {
  readonly said: string[] = [];
  readonly log: PluginLog = {
    info: (message, fields) => void this.said.push(`${message} ${JSON.stringify(fields ?? {})}`),
    warn: (message, fields) => void this.said.push(`${message} ${JSON.stringify(fields ?? {})}`),
  };
}

/** Says how two states of the target differ; undefined when they don't. */
export function differenceOf(was: Json, is: Json): string | undefined {
  return isDeepStrictEqual(was, is)
    ? undefined
    : `the target was ${JSON.stringify(was)} and is now ${JSON.stringify(is)}`;
}

async function untilDone(attempt: () => Promise<Progress>): Promise<void> {
  for (let asked = 0; asked < MAX_ASKING; asked += 1) {
    const progress = await attempt();
    if (progress.done) return;
    await pause(Math.min(progress.againInMs, 1_000));
  }
  throw new Error(`still not done after being asked ${MAX_ASKING} times`);
}

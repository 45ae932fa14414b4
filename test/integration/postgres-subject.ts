import type { BareEffectCall, BarePlanCall, PluginInstance } from '../../src/plugin-sdk/plugin.js';
import type { Change, Json, Plan, PluginLog, Progress } from '../../src/plugin-sdk/index.js';
import { PluginError } from '../../src/plugin-sdk/index.js';
import plugin from '../../plugins/cut-over-center/index.js';
import type { PostgresPair } from '../rig/postgres.js';
import { setTimeout as pause } from 'node:timers/promises';

const silent: PluginLog = { info: () => {}, warn: () => {} };

/** The plugin pointed at a pair, as an operator would configure it. */
export function pluginFor(pair: PostgresPair, log: PluginLog = silent): PluginInstance {
  const node = ({ firebreakUrl, rejoin }: PostgresPair['a']) => ({ url: firebreakUrl, rejoin: [...rejoin] });
  const nodes = { a: node(pair.a), b: node(pair.b) };
  return plugin.instantiate({ postgres: { clusters: { [pair.cluster]: { database: pair.cluster, nodes } } } }, log);
}

/** What a test may put in the place of a part of a call. */
export type Differs = Partial<BareEffectCall & BarePlanCall>;

/** One action of the plugin with its parameters, asked as the engine asks. */
export interface Step {
  plan(differs?: Differs): Promise<Plan<Json>>;
  check(differs?: Differs): Promise<boolean>;
  /** Until done. */
  apply(before: Json, differs?: Differs): Promise<void>;
  verify(before: Json): Promise<string | true>;
  /** Until done. */
  revert(before: Json, differs?: Differs): Promise<void>;
}

let calls = 0;

/** Gives one action of an instance. */
export function stepOf(instance: PluginInstance, name: string, params: Json): Step {
  const action = instance.provided.actions?.[name];
  if (action === undefined) throw new Error(`no action ${name}`);
  const call = (differs: Differs = {}): BareEffectCall & BarePlanCall => {
    calls += 1;
    const signal = new AbortController().signal;
    return { earlier: [], key: `key-${calls}`, epoch: calls, signal, log: silent, fence: async () => {}, ...differs };
  };
  const untilDone = async (what: () => Promise<Progress>) => {
    for (let asked = 0; asked < 200; asked += 1) {
      const progress = await what();
      if (progress.done) return;
      await pause(progress.againInMs);
    }
    throw new Error('never done');
  };
  return {
    plan: (differs) => action.plan(call(differs), params),
    check: async (differs) => (await action.check(call(differs), params)).needed,
    apply: (before, differs) => {
      const one = call(differs);
      return untilDone(() => action.apply(one, params, before));
    },
    verify: async (before) => {
      const answer = await action.verify(call(), params, before);
      return answer.took || answer.detail;
    },
    revert: (before, differs) => {
      const one = call(differs);
      return untilDone(() => action.revert(one, params, before));
    },
  };
}

/** The three steps of a cut-over from one node to the other. */
export function movesOf(
  instance: PluginInstance,
  cluster: string,
  from: string,
  to: string,
  with_: { [name: string]: Json } = {},
) {
  const params = { cluster, from, to };
  return {
    fence: stepOf(instance, 'postgres-fence', params),
    catchUp: stepOf(instance, 'postgres-catch-up', { ...params, ...with_ }),
    promote: stepOf(instance, 'postgres-promote', { ...params, ...with_ }),
  };
}

/** Plans all steps one after the other, as the engine does: each knows what those before it will have changed. */
export async function planAll(steps: readonly Step[]): Promise<Plan<Json>[]> {
  const plans: Plan<Json>[] = [];
  for (const step of steps) {
    const earlier: Change[] = plans.flatMap((plan) => [...plan.changes]);
    plans.push(await step.plan({ earlier }));
  }
  return plans;
}

/** Does a whole cut-over, and gives the plans. */
export async function cutOver(
  instance: PluginInstance,
  cluster: string,
  from: string,
  to: string,
): Promise<Plan<Json>[]> {
  const moves = movesOf(instance, cluster, from, to);
  const steps = [moves.fence, moves.catchUp, moves.promote];
  const plans = await planAll(steps);
  for (const [i, step] of steps.entries()) await step.apply(plans[i]?.before ?? null);
  return plans;
}

/** Measures once, which leaves a heartbeat on the primary. */
export async function measure(instance: PluginInstance, params: { [name: string]: Json }) {
  const probe = instance.provided.probes?.['replication-lag'];
  if (probe === undefined) throw new Error('no probe replication-lag');
  return probe.measure({ signal: new AbortController().signal, log: silent }, params);
}

/** The code of the plugin's error that something fails with. */
export async function refusalOf(what: Promise<unknown>): Promise<string> {
  try {
    await what;
  } catch (error) {
    return error instanceof PluginError ? error.code : `not a plugin's error: ${String(error)}`;
  }
  return 'it did not fail';
}

/** What applications could do at each node: whether it is a primary, and whether its database lets them in. */
export async function standing(pair: PostgresPair): Promise<{ a: string; b: string }> {
  const of = async (node: PostgresPair['a']) => {
    if (!node.isRunning()) return 'down';
    const sql = `SELECT pg_is_in_recovery() AS standby, datallowconn AS open FROM pg_database WHERE datname = '${pair.cluster}'`;
    const [row] = await node.query(sql);
    return `${row?.['standby'] === true ? 'standby' : 'primary'}, ${row?.['open'] === true ? 'open' : 'closed'}`;
  };
  return { a: await of(pair.a), b: await of(pair.b) };
}

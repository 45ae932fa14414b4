import plugin from '../../plugins/cut-over-center/index.js';
import type { Change, Json, Plan } from '../../src/plugin-sdk/index.js';
import type { Action, BareEffectCall, BarePlanCall } from '../../src/plugin-sdk/plugin.js';
import type { PairedRedis, RedisPair } from '../rig/redis-pair.js';

/** Where the plugin reaches the two servers, and what the operator says of them. */
export interface Setting {
  readonly a?: { readonly [name: string]: Json };
  readonly b?: { readonly [name: string]: Json };
  readonly cluster?: { readonly [name: string]: Json };
}

/** The actions and probes of the plugin on one pair, called as the host calls them. */
export function hands(pair: RedisPair, { a = {}, b = {}, cluster = {} }: Setting = {}) {
  const node = ({ host, port }: PairedRedis, more: { readonly [name: string]: Json }) => ({ host, port, ...more });
  const carts = { nodes: { a: node(pair.a, a), b: node(pair.b, b) }, ...cluster };
  const log = { info: () => {}, warn: () => {} };
  const { provided } = plugin.instantiate({ redis: { clusters: { carts }, timeout: '1s' } }, log);
  const call = (differs: Partial<BareEffectCall> = {}): BareEffectCall & BarePlanCall => ({
    key: 'key',
    epoch: 1,
    earlier: [],
    signal: new AbortController().signal,
    log,
    fence: async () => {},
    ...differs,
  });
  const action = (name: string): Action => {
    const found = provided.actions?.[name];
    if (found === undefined) throw new Error(`the plugin has no action ${name}`);
    return found;
  };
  return {
    plan: (name: string, params: Json, earlier: readonly Change[] = []): Promise<Plan<Json>> =>
      action(name).plan({ ...call(), earlier }, params),
    check: (name: string, params: Json) => action(name).check(call(), params),
    apply: (name: string, params: Json, before: Json, differs: Partial<BareEffectCall> = {}) =>
      action(name).apply(call(differs), params, before),
    verify: (name: string, params: Json, before: Json) => action(name).verify(call(), params, before),
    revert: (name: string, params: Json, before: Json, differs: Partial<BareEffectCall> = {}) =>
      action(name).revert(call(differs), params, before),
    lag: async (params: Json) => {
      const probe = provided.probes?.['redis-lag'];
      if (probe === undefined) throw new Error('the plugin has no redis-lag');
      return probe.measure(call(), params);
    },
  };
}

/** A fence that lets some writes through and closes then, as when the process is killed between two of them. */
export function diesAfter(writes: number): () => Promise<void> {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked > writes) throw new Error('killed');
  };
}

/** Gives the servers that take writes, by trying. */
export async function writable({ a, b }: RedisPair): Promise<string[]> {
  const tried = await Promise.all(
    [a, b].map(async ({ redis }) => {
      const answer: unknown = await redis.set('is-writable', '1').catch(() => 'no');
      return answer === 'OK';
    }),
  );
  return ['a', 'b'].filter((_, i) => tried[i]);
}

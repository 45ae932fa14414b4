import { asPlanned, PluginError, type Call, type EffectCall, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { HaproxyKit, HaproxySystem } from '../haproxy/kit.js';
import { beforeSchema, paramsSchema, type Params } from './params.js';

type Value = string | null;

/** Makes the action that sets or removes one entry of a map, by which HAProxy chooses a backend or server. */
export function haproxyMapAction({ action, config }: HaproxyKit) {
  const fileOf = (map: string): string => {
    const file = config.maps[map];
    if (file !== undefined) return file;
    throw new PluginError('unknown-name', `no map ${map}; configured: ${Object.keys(config.maps).join(', ')}`, false);
  };
  const read = (call: Call<HaproxySystem, Params>): Promise<Value> =>
    runtimeOf(call).entry(fileOf(call.params.map), call.params.key, call.signal);

  /** What will be there when the earlier steps are done. */
  async function planned(call: PlanCall<HaproxySystem, Params>): Promise<Value> {
    const value = asPlanned(call.earlier, resourceOf(call.params), 'value', await read(call));
    const known = beforeSchema.safeParse({ value });
    if (known.success) return known.data.value;
    const said = JSON.stringify(value).slice(0, 80);
    const detail = `${nameOf(call.params)} is ${said}, which could not be written back: set it to one word by hand first`;
    throw new PluginError('not-understood', detail, false);
  }

  /** Brings the entry from one value to another; what is so already is left alone, and what is neither is not overruled. */
  async function pursue(call: EffectCall<HaproxySystem, Params>, from: Value, to: Value) {
    const { map, key } = call.params;
    const now = await read(call);
    if (now === to) return { done: true as const };
    if (now !== from) {
      const detail = `${nameOf(call.params)} is ${shown(now)}, neither ${shown(from)} nor ${shown(to)}: somebody changed it meanwhile`;
      throw new PluginError('changed-meanwhile', detail, false);
    }
    await call.fence();
    await runtimeOf(call).setEntry(fileOf(map), key, from, to, call.signal);
    call.log.info('map entry changed', { map, key, from, to });
    const after = await read(call);
    if (after === to) return { done: true as const };
    throw new PluginError(
      'did-not-take',
      `HAProxy took the change, but ${nameOf(call.params)} is ${shown(after)}, not ${shown(to)}`,
    );
  }

  return action({
    summary: 'Set or remove one entry of a HAProxy map, such as where requests of one colour go',
    params: paramsSchema(config),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { value } = call.params;
      return (await planned(call)) === value
        ? { needed: false, because: `${nameOf(call.params)} is ${shown(value)} already` }
        : { needed: true };
    },
    async plan(call) {
      const { value: to } = call.params;
      const from = await planned(call);
      const changes = from === to ? [] : [{ resource: resourceOf(call.params), attribute: 'value', from, to }];
      const say = from === to ? `${shown(to)} already` : `${shown(from)} -> ${shown(to)}`;
      return { summary: `${nameOf(call.params)}: ${say}`, changes, before: { value: from } };
    },
    apply: (call, before) => pursue(call, before.value, call.params.value),
    async verify(call) {
      const now = await read(call);
      const { value } = call.params;
      return now === value
        ? { took: true }
        : { took: false, detail: `${nameOf(call.params)} is ${shown(now)}, not ${shown(value)}` };
    },
    revert: (call, before) => pursue(call, call.params.value, before.value),
  });
}

const runtimeOf = (call: Call<HaproxySystem, Params>) => call.client.haproxy.get(call.params.endpoint);

/** The same map at two HAProxies is two resources. */
const resourceOf = ({ endpoint, map, key }: Params) =>
  ['haproxy-map', ...(endpoint === undefined ? [] : [endpoint]), map, key].join('/');

const nameOf = ({ map, key }: Params) => `${key} in map ${map}`;

const shown = (value: Value) => value ?? 'not there';

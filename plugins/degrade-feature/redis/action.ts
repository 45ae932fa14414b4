import { z } from 'zod';
import { asPlanned, PluginError, type Call, type EffectCall, type PlanCall } from '../../../src/plugin-sdk/index.js';
import { assertKnown, meaning, turned, type StoredSwitch } from '../stored-switch.js';
import type { RedisKit, RedisSystem } from './kit.js';
import { paramsSchema, type Params } from './params.js';
import { placeOf, using } from './place.js';

/** The switch as it was. */
const beforeSchema = z.strictObject({
  /** null when it was not there. */
  value: z.string().nullable(),
  /** Its key was going to go away by itself. */
  expires: z.boolean(),
});
type Before = z.infer<typeof beforeSchema>;

/** Makes the action that turns a feature off or on by its key or field in Redis, compared on what it holds. */
export function redisAction({ action, config: { redis } }: RedisKit) {
  return action({
    summary: 'Turn a feature off or on by its key or field in Redis',
    params: paramsSchema(redis),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { from, to } = await planned(call);
      const state = call.params.enabled ? 'on' : 'off';
      return from === to ? { needed: false, because: `${call.params.feature} is ${state} already` } : { needed: true };
    },

    async plan(call) {
      const { from, to, expires } = await planned(call);
      const { server, feature } = call.params;
      const known = switchOf(call);
      return {
        summary: `${feature} at Redis ${server}: ${meaning(known, from)} -> ${meaning(known, to)}`,
        changes: from === to ? [] : [{ resource: resourceOf(call.params), attribute: 'value', from, to }],
        before: { value: from, expires },
        ...(expires ? { facts: { expires: 'the key goes away by itself when its time to live is over' } } : {}),
      };
    },

    async apply(call, before) {
      await replace(call, before.value, wantedOf(call, before));
      return { done: true };
    },

    async verify(call) {
      const { value } = await using(whereIn(call), call.signal, ({ look }) => look());
      const { feature, enabled } = call.params;
      const known = switchOf(call);
      if (value !== null && turned(known, enabled, value) === value) return { took: true };
      return { took: false, detail: `${feature} is ${meaning(known, value)}, not ${enabled ? 'on' : 'off'}` };
    },

    async revert(call, before) {
      // What went away by itself has nothing that could be put back.
      await replace(call, wantedOf(call, before), before.value, before.expires);
      return { done: true };
    },
  });
}

type Asking = Call<RedisSystem, Params>;

const whereIn = ({ client, params: { server, feature } }: Asking) => placeOf(client.redis.get(server), feature);

const switchOf = (call: Asking): StoredSwitch => ({
  ...call.client.redis.get(call.params.server).config,
  key: whereIn(call).name,
});

const wantedOf = (call: Asking, before: Before) => turned(switchOf(call), call.params.enabled, before.value);

/** How plans of this plugin name a switch. */
function resourceOf({ server, feature }: Params): string {
  return `redis/${server}/${feature}`;
}

/** Looks, and says from what to what it goes when this step comes. */
async function planned(call: PlanCall<RedisSystem, Params>) {
  const place = whereIn(call);
  const seen = await using(place, call.signal, ({ look }) => look());
  const from = z
    .string()
    .nullable()
    .parse(asPlanned(call.earlier, resourceOf(call.params), 'value', seen.value));
  assertKnown(place.name, from, place.node.config.features);
  return { from, to: turned(switchOf(call), call.params.enabled, from), expires: seen.expires };
}

/**
 * Brings the switch from one value to another. Repeatable: what is so already is left alone.
 *
 * @param mayBeGone whether it is right when it is not there any more
 */
async function replace(
  call: EffectCall<RedisSystem, Params>,
  from: string | null,
  to: string | null,
  mayBeGone = false,
): Promise<void> {
  if (from === to) return;
  const place = whereIn(call);
  const known = switchOf(call);
  await using(place, call.signal, async ({ look, write }) => {
    const seen = await look();
    if (seen.value === to || (mayBeGone && seen.value === null)) return;
    if (seen.value !== from) throw foreign(place.name, seen.value);
    await call.fence();
    call.signal.throwIfAborted();
    if ((await write(seen, to)) === 'changed') {
      const { value } = await look();
      if (value !== to) throw foreign(place.name, value);
    }
    call.log.info('switch changed', { switch: place.name, from: meaning(known, from), to: meaning(known, to) });
  });
}

function foreign(name: string, value: string | null): PluginError {
  const is = value === null ? 'not there' : JSON.stringify(value.slice(0, 80));
  const detail = `${name} is ${is}, which neither the plan saw nor this step wrote: somebody changed it meanwhile`;
  return new PluginError('changed-meanwhile', detail, false);
}

import { z } from 'zod';
import { etcdBefore, put, putBack, type EtcdBefore, type EtcdChange } from '../../clients/etcd-pursue.js';
import { look } from '../../clients/etcd-sight.js';
import { asPlanned, type Call, type PlanCall } from '../../../src/plugin-sdk/index.js';
import { assertKnown, meaning, turned, type StoredSwitch } from '../stored-switch.js';
import type { EtcdConfig } from './config.js';
import type { EtcdKit, EtcdSystem } from './kit.js';
import { paramsSchema, type Params } from './params.js';

/** Makes the action that turns a feature off or on by its key in etcd, compared on the key's revision. */
export function etcdAction({ action, config: { etcd } }: EtcdKit) {
  return action({
    summary: 'Turn a feature off or on by its key in etcd',
    params: paramsSchema(etcd),
    before: etcdBefore,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { from, to } = await planned(call, etcd);
      const state = call.params.enabled ? 'on' : 'off';
      return from === to ? { needed: false, because: `${call.params.feature} is ${state} already` } : { needed: true };
    },

    async plan(call) {
      const { seen, from, to, isFirst } = await planned(call, etcd);
      const { cluster, feature } = call.params;
      const known = switchOf(call, etcd);
      return {
        summary: `${feature} at etcd ${cluster}: ${meaning(known, from)} -> ${meaning(known, to)}`,
        changes: from === to ? [] : [{ resource: resourceOf(call.params), attribute: 'value', from, to }],
        before: { value: from, modRevision: isFirst ? seen.modRevision : null, lease: seen.lease },
      };
    },

    async apply(call, before) {
      await put(call, changeOf(call, etcd, before), before);
      return { done: true };
    },

    async verify(call) {
      const { value } = await look(placeOf(call), call.signal);
      const known = switchOf(call, etcd);
      const { feature, enabled } = call.params;
      if (value !== null && turned(known, enabled, value) === value) return { took: true };
      return { took: false, detail: `${feature} is ${meaning(known, value)}, not ${enabled ? 'on' : 'off'}` };
    },

    async revert(call, before) {
      await putBack(call, changeOf(call, etcd, before), before);
      return { done: true };
    },
  });
}

type Asking = Call<EtcdSystem, Params>;

const placeOf = ({ client, params: { cluster, feature } }: Asking) => client.etcd.place(cluster, feature);

function switchOf(call: Asking, config: EtcdConfig | undefined): StoredSwitch {
  return { ...(config?.clusters[call.params.cluster] ?? { on: true, off: false }), key: placeOf(call).key };
}

/** How plans of this plugin name a key. */
function resourceOf({ cluster, feature }: Params): string {
  return `etcd/${cluster}/${feature}`;
}

function changeOf(call: Asking, config: EtcdConfig | undefined, before: EtcdBefore): EtcdChange {
  const { params } = call;
  return { place: placeOf(call), wanted: turned(switchOf(call, config), params.enabled, before.value) };
}

/** Reads the key, and says from what to what it goes when this step comes. */
async function planned(call: PlanCall<EtcdSystem, Params>, config: EtcdConfig | undefined) {
  const { params, earlier, signal } = call;
  const place = placeOf(call);
  const seen = await look(place, signal);
  const resource = resourceOf(params);
  const from = z
    .string()
    .nullable()
    .parse(asPlanned(earlier, resource, 'value', seen.value));
  assertKnown(place.key, from, config?.clusters[params.cluster]?.features);
  const to = turned(switchOf(call, config), params.enabled, from);
  return { seen, from, to, isFirst: !earlier.some((change) => change.resource === resource) };
}

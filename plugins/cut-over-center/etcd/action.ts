import { z } from 'zod';
import { etcdBefore, put, putBack, sayValue, type EtcdChange } from '../../clients/etcd-pursue.js';
import { look, type EtcdSight } from '../../clients/etcd-sight.js';
import { asPlanned, PluginError, type Call, type Change, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { EtcdKit, EtcdSystem } from './kit.js';
import { leaseSeconds, paramsSchema, textOf, type Params } from './params.js';

/** Makes the action that changes one key, compared on the revision at which it was last written. */
export function etcdAction({ action, config }: EtcdKit) {
  return action({
    summary: 'Change one key in etcd, such as where a service is',
    params: paramsSchema(config.etcd),
    before: etcdBefore,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { from } = await seenFrom(call);
      const wanted = textOf(call.params.value);
      return from === wanted
        ? { needed: false, because: `${placeOf(call).key} is ${sayValue(wanted)} already` }
        : { needed: true };
    },

    async plan(call) {
      const { seen, from, isFirst } = await seenFrom(call);
      const { key } = placeOf(call);
      const to = textOf(call.params.value);
      const changes: Change[] = [{ resource: resourceOf(call.params), attribute: 'value', from, to }];
      const facts = await leaseFacts(call, seen);
      return {
        summary: `${key}: ${sayValue(from)} -> ${sayValue(to)}`,
        changes: [...changes, ...leaseChanges(call, seen)],
        before: { value: from, modRevision: isFirst ? seen.modRevision : null, lease: seen.lease },
        ...(facts === undefined ? {} : { facts }),
      };
    },

    async apply(call, before) {
      await put(call, changeOf(call), before);
      return { done: true };
    },

    async verify(call) {
      const seen = await look(placeOf(call), call.signal);
      const wanted = textOf(call.params.value);
      const { key } = placeOf(call);
      if (seen.value !== wanted)
        return { took: false, detail: `${key} is ${sayValue(seen.value)}, not ${sayValue(wanted)}` };
      const leased = call.params.lease === undefined || seen.lease !== '0';
      return leased ? { took: true } : { took: false, detail: `${key} hangs on no lease` };
    },

    async revert(call, before) {
      await putBack(call, changeOf(call), before);
      return { done: true };
    },
  });
}

type Asking = Call<EtcdSystem, Params>;

const placeOf = ({ client, params: { cluster, key } }: Asking) => client.etcd.place(cluster, key);

function changeOf(call: Asking): EtcdChange {
  return { place: placeOf(call), wanted: textOf(call.params.value), leaseSeconds: leaseSeconds(call.params) };
}

/** How plans of this plugin name a key. */
function resourceOf({ cluster, key }: Params): string {
  return `etcd/${cluster}/${key}`;
}

/** Reads the key, and says what it will hold when this step comes. */
async function seenFrom(call: PlanCall<EtcdSystem, Params>) {
  const seen = await look(placeOf(call), call.signal);
  const resource = resourceOf(call.params);
  const from = z
    .string()
    .nullable()
    .parse(asPlanned(call.earlier, resource, 'value', seen.value));
  return { seen, from, isFirst: !call.earlier.some((change) => change.resource === resource) };
}

function leaseChanges(call: PlanCall<EtcdSystem, Params>, seen: EtcdSight): Change[] {
  const seconds = leaseSeconds(call.params);
  if (seconds === undefined) return [];
  const resource = resourceOf(call.params);
  if (call.earlier.some((change) => change.resource === resource && change.attribute === 'lease')) {
    const detail = `an earlier step hangs ${placeOf(call).key} on a lease; a later one can't go back to that: give the lease in one step`;
    throw new PluginError('lease-twice', detail, false);
  }
  return [{ resource, attribute: 'lease', from: seen.lease === '0' ? null : seen.lease, to: `${seconds} s` }];
}

/** What an approver should know about a key that goes away by itself. */
async function leaseFacts(call: PlanCall<EtcdSystem, Params>, seen: EtcdSight): Promise<{ lease: string } | undefined> {
  const seconds = leaseSeconds(call.params);
  if (seconds !== undefined) return { lease: `nobody renews it: the key goes away ${seconds} s after it was written` };
  if (seen.lease === '0') return undefined;
  const { cluster } = placeOf(call);
  const granted = await cluster.grantedFor(seen.lease, call.signal);
  const every = granted === undefined ? '' : ` for ${granted} s`;
  return { lease: `the key stays on the lease it has: it goes away when nobody renews that${every}` };
}

import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import type { EtcdSystem } from './kit.js';
import { leaseSeconds, textOf, type Before, type Params } from './params.js';
import { look, namesOf, write, type Sight } from './sight.js';

/** How often a write is tried again because somebody has written the same value at the same moment. */
const MAX_RACES = 5;

type Effect = EffectCall<EtcdSystem, Params>;

/**
 * Writes the wanted value, if the key is as the plan saw it. Repeatable: what Firebreak wrote already is left alone.
 *
 * @throws PluginError `changed-meanwhile` when somebody else has written the key, be it with the wanted value
 */
export async function put(call: Effect, before: Before): Promise<void> {
  const wanted = textOf(call.params.value);
  if (wanted === before.value) return;
  for (let races = 0; races < MAX_RACES; races += 1) {
    const seen = await look(call);
    if (seen.value === wanted && seen.written) return;
    const asPlanned = before.modRevision === null || before.modRevision === seen.modRevision;
    if (seen.value !== before.value || !asPlanned) throw foreign(call, seen);
    const lease = await leaseFor(call, seen);
    await call.fence();
    if (await write(call, seen, { value: wanted, lease, by: call.key })) return tell(call, seen.value, wanted);
  }
  throw busy(call);
}

/**
 * Writes what was there before, if Firebreak was the last to write the key. Repeatable; does nothing when the key is as it
 * was.
 *
 * @throws PluginError `changed-meanwhile` when somebody else has written the key since, `lease-gone` when it hung on a lease
 *   that is over
 */
export async function putBack(call: Effect, before: Before): Promise<void> {
  const wanted = textOf(call.params.value);
  for (let races = 0; races < MAX_RACES; races += 1) {
    const seen = await look(call);
    if (seen.value === before.value) return;
    if (!(seen.value === wanted && seen.written) && !lapsed(call, seen, before)) throw foreign(call, seen);
    await call.fence();
    const lease = oldLease(call, seen, before);
    if (await write(call, seen, { value: before.value, lease, by: call.key }))
      return tell(call, seen.value, before.value);
  }
  throw busy(call);
}

/** A key that hangs on a lease stays on it, unless the step says another: whoever holds it decides when it goes. */
async function leaseFor(call: Effect, seen: Sight): Promise<{ readonly id: string } | 'none' | 'kept'> {
  const seconds = leaseSeconds(call.params);
  if (seconds === undefined) return seen.lease === '0' ? 'none' : 'kept';
  const { cluster } = call.client.etcd.get(call.params.cluster);
  return { id: await cluster.grant(seconds, call.signal) };
}

/** A step without a lease of its own has not touched the key's. */
function oldLease({ params }: Effect, seen: Sight, before: Before): { readonly id: string } | 'none' | 'kept' {
  if (params.lease === undefined) return seen.lease === '0' ? 'none' : 'kept';
  return before.lease === '0' ? 'none' : { id: before.lease };
}

/** What we wrote went away by itself, as its lease wanted it. */
function lapsed({ params }: Effect, seen: Sight, before: Before): boolean {
  if (params.lease === undefined || seen.value !== null) return false;
  return seen.replaced !== undefined && (before.modRevision === null || seen.replaced === before.modRevision);
}

function tell(call: Effect, from: string | null, to: string | null): void {
  call.log.info('key changed', { key: namesOf(call).key, from: sayValue(from), to: sayValue(to) });
}

function foreign(call: Effect, seen: Sight): PluginError {
  const { key } = namesOf(call);
  const is = `is ${sayValue(seen.value)} as of revision ${seen.modRevision}`;
  const detail = `${key} ${is}, which neither the plan saw nor this step wrote: somebody changed it meanwhile`;
  return new PluginError('changed-meanwhile', detail, false);
}

function busy(call: Effect): PluginError {
  return new PluginError('key-busy', `others wrote ${namesOf(call).key} ${MAX_RACES} times at the same moment`);
}

/** Says a value in one short line. */
export function sayValue(value: string | null): string {
  if (value === null) return 'not there';
  return value.length <= 80
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, 80))}... (${value.length} characters)`;
}

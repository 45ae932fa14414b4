import { z } from 'zod';
import { PluginError, type EffectCall } from '../../src/plugin-sdk/index.js';
import type { EtcdPlace } from './etcd-clusters.js';
import { look, write, type EtcdHold, type EtcdSight } from './etcd-sight.js';

/** How often a write is tried again because somebody has written the same value at the same moment. */
const MAX_RACES = 5;

/** A key as it was when a change of it was planned. */
export const etcdBefore = z.strictObject({
  /** null when it was not there. */
  value: z.string().nullable(),
  /** When it was last written, '0' when it was not there; null when an earlier step writes it first. */
  modRevision: z.string().nullable(),
  /** The lease it hung on; '0' for none. */
  lease: z.string(),
});

/** A key as it was when a change of it was planned. */
export type EtcdBefore = z.infer<typeof etcdBefore>;

/** The change of one key. */
export interface EtcdChange {
  readonly place: EtcdPlace;
  readonly wanted: string;
  /** How long the key is to live without being renewed; undefined leaves it on what it hangs on. */
  readonly leaseSeconds?: number | undefined;
}

type Effect = Pick<EffectCall<unknown, unknown>, 'key' | 'signal' | 'log' | 'fence'>;

/**
 * Writes the wanted value, if the key is as the plan saw it. Repeatable: what Firebreak wrote already is left alone.
 *
 * @throws PluginError `changed-meanwhile` when somebody else has written the key, be it with the wanted value
 */
export async function put(call: Effect, change: EtcdChange, before: EtcdBefore): Promise<void> {
  const { place, wanted } = change;
  if (wanted === before.value) return;
  for (let races = 0; races < MAX_RACES; races += 1) {
    const seen = await look(place, call.signal);
    if (seen.value === wanted && seen.written) return;
    const asPlanned = before.modRevision === null || before.modRevision === seen.modRevision;
    if (seen.value !== before.value || !asPlanned) throw foreign(place, seen);
    const lease = await leaseFor(call, change, seen);
    await call.fence();
    if (await write(place, seen, { value: wanted, lease, by: call.key }, call.signal))
      return tell(call, place, seen.value, wanted);
  }
  throw busy(place);
}

/**
 * Writes what was there before, if Firebreak was the last to write the key. Repeatable; does nothing when the key is as it
 * was.
 *
 * @throws PluginError `changed-meanwhile` when somebody else has written the key since, `lease-gone` when it hung on a lease
 *   that is over
 */
export async function putBack(call: Effect, change: EtcdChange, before: EtcdBefore): Promise<void> {
  const { place, wanted } = change;
  if (wanted === before.value) return; // nothing was to be done, so nothing was
  for (let races = 0; races < MAX_RACES; races += 1) {
    const seen = await look(place, call.signal);
    if (seen.value === before.value) return;
    if (!(seen.value === wanted && seen.written) && !lapsed(change, seen, before)) throw foreign(place, seen);
    await call.fence();
    const lease = oldLease(change, seen, before);
    if (await write(place, seen, { value: before.value, lease, by: call.key }, call.signal))
      return tell(call, place, seen.value, before.value);
  }
  throw busy(place);
}

/** A key that hangs on a lease stays on it, unless the step says another: whoever holds it decides when it goes. */
async function leaseFor(call: Effect, { place, leaseSeconds }: EtcdChange, seen: EtcdSight): Promise<EtcdHold> {
  if (leaseSeconds === undefined) return seen.lease === '0' ? 'none' : 'kept';
  return { id: await place.cluster.grant(leaseSeconds, call.signal) };
}

/** A step without a lease of its own has not touched the key's. */
function oldLease({ leaseSeconds }: EtcdChange, seen: EtcdSight, before: EtcdBefore): EtcdHold {
  if (leaseSeconds === undefined) return seen.lease === '0' ? 'none' : 'kept';
  return before.lease === '0' ? 'none' : { id: before.lease };
}

/** What we wrote went away by itself, as its lease wanted it. */
function lapsed({ leaseSeconds }: EtcdChange, seen: EtcdSight, before: EtcdBefore): boolean {
  if (leaseSeconds === undefined || seen.value !== null) return false;
  return seen.replaced !== undefined && (before.modRevision === null || seen.replaced === before.modRevision);
}

function tell(call: Effect, { key }: EtcdPlace, from: string | null, to: string | null): void {
  call.log.info('key changed', { key, from: sayValue(from), to: sayValue(to) });
}

function foreign({ key }: EtcdPlace, seen: EtcdSight): PluginError {
  const is = `is ${sayValue(seen.value)} as of revision ${seen.modRevision}`;
  const detail = `${key} ${is}, which neither the plan saw nor this step wrote: somebody changed it meanwhile`;
  return new PluginError('changed-meanwhile', detail, false);
}

function busy({ key }: EtcdPlace): PluginError {
  return new PluginError('key-busy', `others wrote ${key} ${MAX_RACES} times at the same moment`);
}

/** Says a value in one short line. */
export function sayValue(value: string | null): string {
  if (value === null) return 'not there';
  return value.length <= 80
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, 80))}... (${value.length} characters)`;
}

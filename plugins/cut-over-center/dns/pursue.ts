import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AddressSet, ZoneVersion } from '../../clients/dns-reading.js';
import type { Records } from '../../clients/dns-update.js';
import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import type { DnsSystem } from './kit.js';
import type { Params } from './params.js';
import { sameRecords, sayRecords } from './records.js';

/** How often a change is tried again because something else in the zone has changed at the same moment. */
const MAX_RACES = 25;
/** The longest pause before it is, in milliseconds; those who met once shall not meet again. */
const MAX_PAUSE_MS = 50;

/** A zone and the records of one name, read in this order: as long as the version holds, the records do. */
export interface Sight {
  readonly version: ZoneVersion;
  readonly records: AddressSet;
}

/** Reads the version of the zone, then the records of the name. */
export async function look(call: Pick<EffectCall<DnsSystem, Params>, 'client' | 'params' | 'signal'>): Promise<Sight> {
  const { server: name, name: host, type } = call.params;
  const { server } = call.client.dns.get(name);
  const version = await server.version(call.signal);
  return { version, records: await server.addresses(host, type, call.signal) };
}

/**
 * Brings the records from what they were to what they are to be, in one update that the server makes only if they are as
 * they were. Repeatable: what is so already is left alone.
 *
 * @throws PluginError `changed-meanwhile` when they are neither, `zone-busy` when others change the zone all the time,
 *   `not-comparable` when the server compares with something else than what it shows
 */
export async function pursue(call: EffectCall<DnsSystem, Params>, from: Records, to: Records): Promise<void> {
  for (let races = 0; races < MAX_RACES; races += 1) {
    const seen = await look(call);
    if (sameRecords(seen.records, to)) return;
    if (!sameRecords(seen.records, from)) throw foreign(call.params, seen.records, from, to);
    await call.fence();
    if (await replace(call, seen, to)) return tell(call, seen, to);
    refuseIncomparable(call.params, seen, await look(call));
    await pause(randomInt(1, MAX_PAUSE_MS), undefined, { signal: call.signal });
  }
  const detail = `others changed the zone between the look and the change ${MAX_RACES} times in a row`;
  throw new PluginError('zone-busy', detail);
}

/**
 * Has the server compare what was seen, and change nothing.
 *
 * @throws PluginError when it would not take a change: another key, no right, a wildcard that answers for the name
 */
export async function rehearse(
  call: Pick<EffectCall<DnsSystem, Params>, 'client' | 'params' | 'signal'>,
  seen: Sight,
): Promise<void> {
  if (!(await replace(call, seen, undefined))) refuseIncomparable(call.params, seen, await look(call));
}

function replace(
  call: Pick<EffectCall<DnsSystem, Params>, 'client' | 'params' | 'signal'>,
  { version, records }: Sight,
  to: Records | undefined,
): Promise<boolean> {
  const { server, compareSerial } = call.client.dns.get(call.params.server);
  const { name, type } = call.params;
  const zoneData = compareSerial ? version.data : undefined;
  return server.replace({ name, type, from: records, to, zoneData }, call.signal);
}

/** Says what was changed, and whether the zone's version rose with it: secondaries take over nothing otherwise. */
async function tell(call: EffectCall<DnsSystem, Params>, seen: Sight, to: Records): Promise<void> {
  const fields = { name: call.params.name, from: sayRecords(seen.records), to: sayRecords(to) };
  const serialBefore = seen.version.serial;
  // The change has taken: what goes wrong now does not undo that.
  const serial = await look(call).then(
    ({ version }) => version.serial,
    () => undefined,
  );
  // Serials go round: RFC 1982.
  const rose = serial === undefined || ((serial - serialBefore) | 0) > 0;
  if (rose) call.log.info('name changed', { ...fields, serialBefore, serial: serial ?? null });
  else call.log.warn('name changed, but the serial of the zone did not rise', { ...fields, serialBefore, serial });
}

function foreign({ name, type }: Params, now: Records, from: Records, to: Records): PluginError {
  const detail = `${name} ${type} is ${sayRecords(now)}, neither ${sayRecords(from)} nor ${sayRecords(to)}: somebody changed it meanwhile`;
  return new PluginError('changed-meanwhile', detail, false);
}

/** The server refused the comparison although it shows the same as before: waiting does not help. */
function refuseIncomparable({ name, type }: Params, seen: Sight, now: Sight): void {
  if (now.version.serial !== seen.version.serial || !sameRecords(now.records, seen.records)) return;
  const detail =
    seen.records.values.length > 0
      ? `the server shows ${name} ${type} as ${sayRecords(seen.records)}, but does not find that when it compares: a wildcard answers for the name, or the zone is signed inline (then set compareSerial: false)`
      : `${name} can't get records of type ${type}: it has others that they can't stand beside`;
  throw new PluginError('not-comparable', detail, false);
}

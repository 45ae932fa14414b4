import { PluginError } from '../../src/plugin-sdk/index.js';
import { TYPE, type DnsAnswer } from './dns-message.js';
import { CODE } from './dns-refusal.js';
import { numberOf, valueOf, type AddressType } from './dns-values.js';

/** The records of one type that a name has. */
export interface AddressSet {
  /** Canonical and in order; empty when there are none. */
  readonly values: readonly string[];
  /** Seconds; null when there are none. */
  readonly ttl: number | null;
  /** True when the name has no records of any type. */
  readonly nameIsFree: boolean;
}

/** The version of a zone. */
export interface ZoneVersion {
  readonly serial: number;
  /** The data of the SOA record, to compare with. */
  readonly data: Buffer;
  /** How long resolvers remember that a name is not there, in seconds. */
  readonly absenceTtl: number;
}

/**
 * Takes the records of a name out of an answer.
 *
 * @param server what it is called
 * @throws PluginError `other-type` when the name is an alias, and that was not asked for
 */
export function addressSetOf(
  server: string,
  { name, type }: { readonly name: string; readonly type: AddressType },
  answer: DnsAnswer,
): AddressSet {
  const own = answer.answers.filter((record) => record.name === name);
  if (type !== 'CNAME' && own.some((record) => record.type === TYPE.CNAME)) {
    const detail = `${name} is an alias (CNAME) at ${server}, which can't have records of type ${type} as well`;
    throw new PluginError('other-type', detail, false);
  }
  const wanted = own.filter((record) => record.type === numberOf(type));
  return {
    values: wanted.map((record) => understood(server, () => valueOf(type, record.data))).sort(),
    ttl: wanted[0]?.ttl ?? null,
    nameIsFree: answer.code === CODE.NXDOMAIN,
  };
}

/**
 * Takes the version of a zone out of an answer.
 *
 * @throws PluginError `not-authoritative` when there is none
 */
export function zoneVersionOf(server: string, zone: string, answer: DnsAnswer): ZoneVersion {
  const soa = answer.answers.find((record) => record.type === TYPE.SOA && record.name === zone);
  if (soa === undefined) throw new PluginError('not-authoritative', `${server} has no zone ${zone}`, false);
  const { data } = soa;
  return understood(server, () => ({
    serial: data.readUInt32BE(data.length - 20),
    data,
    absenceTtl: Math.min(soa.ttl, data.readUInt32BE(data.length - 4)),
  }));
}

function understood<T>(server: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PluginError('not-understood', `a record that ${server} answered with was not understood`, false);
  }
}

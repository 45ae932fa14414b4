import { CLASS, TYPE, type DnsQuestion, type DnsRecord } from './dns-message.js';
import { dataOf, numberOf, type AddressType } from './dns-values.js';

/** The records that a name has or is to have; without values there are none. */
export interface Records {
  /** Canonical. */
  readonly values: readonly string[];
  /** Seconds; null without values. */
  readonly ttl: number | null;
}

/** What is to be replaced by what, and on which conditions. */
export interface Replacement {
  readonly name: string;
  readonly type: AddressType;
  /** What must be there. */
  readonly from: Records;
  /** What is to be there; undefined when only the conditions are to be tried, which changes nothing. */
  readonly to?: Records | undefined;
  /** The data of the SOA record that the zone must have, so that nothing at all has changed in it meanwhile. */
  readonly zoneData?: Buffer | undefined;
}

const NOTHING = Buffer.alloc(0);

/**
 * Makes an update of a replacement (RFC 2136): its conditions and what it does.
 *
 * The conditions compare values and not times to live (2.4.2); only `zoneData` notices when somebody changed a TTL.
 */
export function updateOf(
  zone: string,
  wanted: Replacement,
): {
  readonly question: DnsQuestion;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
} {
  const { from, to, zoneData } = wanted;
  const version = { name: zone, type: TYPE.SOA, class: CLASS.IN, ttl: 0, data: zoneData ?? NOTHING };
  return {
    question: { name: zone, type: TYPE.SOA, class: CLASS.IN },
    answers: [...(zoneData === undefined ? [] : [version]), ...conditions(wanted)],
    authorities: to === undefined ? [] : [...removal(wanted, from), ...additions(wanted, to)],
  };
}

function conditions({ name, type, from }: Replacement): DnsRecord[] {
  if (from.values.length > 0) return recordsOf(name, type, from.values, 0);
  // An alias stands alone, and a server drops in silence what would stand beside one.
  const unused = type === 'CNAME' ? [TYPE.ANY] : [numberOf(type), TYPE.CNAME];
  return unused.map((one) => ({ name, type: one, class: CLASS.NONE, ttl: 0, data: NOTHING }));
}

function removal({ name, type }: Replacement, from: Records): DnsRecord[] {
  return from.values.length === 0 ? [] : [{ name, type: numberOf(type), class: CLASS.ANY, ttl: 0, data: NOTHING }];
}

function additions({ name, type }: Replacement, { values, ttl }: Records): DnsRecord[] {
  return ttl === null ? [] : recordsOf(name, type, values, ttl);
}

function recordsOf(name: string, type: AddressType, values: readonly string[], ttl: number): DnsRecord[] {
  return values.map((value) => ({ name, type: numberOf(type), class: CLASS.IN, ttl, data: dataOf(type, value) }));
}

import { isIPv4, isIPv6 } from 'node:net';
import { readName, wireOf } from './dns-name.js';
import { TYPE } from './dns-message.js';

/** The types of records that lead to a service. */
export type AddressType = 'A' | 'AAAA' | 'CNAME';

/**
 * Gives a value in the one spelling in which values are compared.
 *
 * @param text an address, or for CNAME a name without a dot at its end
 * @returns undefined when it is no value of that type
 */
export function canonicalValue(type: AddressType, text: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(text) ? text : undefined;
    case 'AAAA':
      // A zone such as %eth0 means something on one machine only.
      return isIPv6(text) && !text.includes('%') ? URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1) : undefined;
    case 'CNAME':
      return text.toLowerCase();
  }
}

/** Writes a canonical value as the data of a record. */
export function dataOf(type: AddressType, value: string): Buffer {
  switch (type) {
    case 'A':
      return Buffer.from(value.split('.').map(Number));
    case 'AAAA':
      return Buffer.from(groupsOf(value).join(''), 'hex');
    case 'CNAME':
      return wireOf(value);
  }
}

/**
 * Reads the data of a record as a canonical value.
 *
 * @throws RangeError when its length is not that of such a value
 */
export function valueOf(type: AddressType, data: Buffer): string {
  if (type === 'CNAME') return readName(data, 0).text;
  if (data.length !== (type === 'A' ? 4 : 16)) throw new RangeError(`a record of type ${type} has another length`);
  if (type === 'A') return data.join('.');
  const groups = data.toString('hex').match(/.{4}/g) ?? [];
  return canonicalValue('AAAA', groups.join(':')) ?? '';
}

/** The number of a type. */
export function numberOf(type: AddressType): number {
  return TYPE[type];
}

/** The eight groups of an IPv6 address in its shortest spelling, four digits each. */
function groupsOf(value: string): string[] {
  const [left = '', right] = value.split('::');
  const split = (part: string) => (part === '' ? [] : part.split(':'));
  const [head, tail] = [split(left), split(right ?? '')];
  const zeros = Array.from({ length: right === undefined ? 0 : 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0'));
}

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** One address, as everybody writes it. */
export interface HostAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly text: string;
}

/**
 * Reads one address of one host: `10.1.2.3`, `fd00::7`, or with a port, which is left out, as Prometheus writes
 * `instance`: `10.1.2.3:9100`, `[fd00::7]:9100`. Never a range, a name, or an IPv4 address in the dress of IPv6.
 */
export function hostAddress(written: string): HostAddress | undefined {
  if (written.length > 64) return undefined;
  const [, bracketed, plain] = /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+))(?::[0-9]{1,5})?$/.exec(written) ?? [];
  const text = bracketed ?? plain ?? written;
  if (isIPv4(text) && bracketed === undefined) return { family: 'ipv4', text };
  if (!/^[0-9a-fA-F:]+$/.test(text) || !isIPv6(text)) return undefined;
  const host = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);
  // What is left of `::ffff:10.1.2.3` written in hexadecimal.
  return host === undefined || host.startsWith('::ffff:') ? undefined : { family: 'ipv6', text: host };
}

/** A network as operators write it: `10.1.2.0/24`, `fd00::/120`, or a single address. */
export interface Network {
  readonly base: HostAddress;
  readonly prefix: number;
}

/** Reads a network. */
export function network(written: string): Network | undefined {
  const [address = '', prefix, more] = written.split('/');
  const base = /[[\]]|\.\d+:/.test(address) ? undefined : hostAddress(address);
  if (base === undefined || more !== undefined) return undefined;
  const whole = base.family === 'ipv4' ? 32 : 128;
  if (prefix === undefined) return { base, prefix: whole };
  const bits = /^[0-9]{1,3}$/.test(prefix) ? Number(prefix) : undefined;
  return bits !== undefined && bits <= whole ? { base, prefix: bits } : undefined;
}

/** Addresses that are no single other host: nobody's, one's own, everybody's, and those that mean something on one link only. */
const RESERVED_IPV4 = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'];
const RESERVED_IPV6 = ['::/127', 'fe80::/10', 'ff00::/8', '64:ff9b::/96'];
const NO_ENDPOINT = listOf(...RESERVED_IPV4, ...RESERVED_IPV6);

/**
 * Says why an address must never be isolated, or nothing.
 *
 * @param never what the operator has listed
 */
export function whyNever(address: HostAddress, never: BlockList): string | undefined {
  const { text, family } = address;
  if (NO_ENDPOINT.check(text, family)) return `${text} is not the address of an endpoint`;
  if (never.check(text, family)) return `${text} is listed under never`;
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return own.some((one) => one.address === text) ? `${text} is an address of Firebreak's own machine` : undefined;
}

/** Makes one list of networks that can be asked about an address. */
export function listOf(...networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const written of networks) {
    const read = network(written);
    if (read === undefined) throw new Error(`${written} is no network`);
    list.addSubnet(read.base.text, read.prefix, read.base.family);
  }
  return list;
}

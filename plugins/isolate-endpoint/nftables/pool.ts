import { hostAddress, network, type HostAddress, type Network } from './address.js';

/** The largest IPv4 network whose hosts are asked one by one. */
const LEAST_PREFIX = 24;

/**
 * Gives all addresses that hosts of a network can have.
 *
 * @param written an IPv4 network of at most 256 addresses, such as `10.1.2.0/24`
 * @returns undefined when it is none
 */
export function hostsOf(written: string): HostAddress[] | undefined {
  const read = network(written);
  if (read === undefined || read.base.family !== 'ipv4' || read.prefix < LEAST_PREFIX) return undefined;
  const all = addressesOf(read);
  // The first one names the network itself, the last one all of its hosts.
  return all.length > 2 ? all.slice(1, -1) : all;
}

function addressesOf({ base, prefix }: Network): HostAddress[] {
  const value = base.text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(value / size) * size;
  return Array.from({ length: size }, (_, index) => {
    const parts = [24, 16, 8, 0].map((shift) => Math.floor((first + index) / 2 ** shift) % 256);
    return { family: 'ipv4', text: parts.join('.') };
  });
}

/** What an operator says of a pool. */
export interface PoolSettings {
  readonly addresses?: readonly string[] | undefined;
  readonly cidr?: string | undefined;
}

/** Gives the members of a pool, each once; what is no address is left out. */
export function membersOf({ addresses = [], cidr }: PoolSettings): HostAddress[] {
  const listed = addresses.flatMap((written) => hostAddress(written) ?? []);
  const all = [...listed, ...(cidr === undefined ? [] : (hostsOf(cidr) ?? []))];
  return [...new Map(all.map((one) => [one.text, one])).values()];
}

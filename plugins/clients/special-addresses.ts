import { BlockList, isIP } from 'node:net';

/** What is said of an address that hands out credentials to whoever asks. */
export const METADATA = 'a metadata service';

/** Special-purpose ranges: nobody out there is meant by them, so an address in one is our own or a trick. */
const RANGES_V4: readonly (readonly [net: string, prefix: number, what: string])[] = [
  ['0.0.0.0', 8, 'unspecified'],
  ['10.0.0.0', 8, 'private'],
  ['100.100.100.200', 32, METADATA],
  ['100.64.0.0', 10, "a carrier's own"],
  ['127.0.0.0', 8, 'loopback'],
  ['168.63.129.16', 32, METADATA],
  ['169.254.169.254', 32, METADATA],
  ['169.254.170.2', 32, METADATA],
  ['169.254.170.23', 32, METADATA],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.192', 32, METADATA],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'for examples'],
  ['192.31.196.0', 24, 'reserved'],
  ['192.52.193.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'a tunnel'],
  ['192.168.0.0', 16, 'private'],
  ['192.175.48.0', 24, 'reserved'],
  ['198.18.0.0', 15, 'for benchmarks'],
  ['198.51.100.0', 24, 'for examples'],
  ['203.0.113.0', 24, 'for examples'],
  ['224.0.0.0', 4, 'multicast'],
  ['255.255.255.255', 32, 'broadcast'],
  ['240.0.0.0', 4, 'reserved'],
];

/** The first that holds counts; what is outside of 2000::/3 and in none of them is reserved. */
const RANGES_V6: readonly (readonly [net: string, prefix: number, what: string])[] = [
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['::', 96, 'an embedded IPv4 address'],
  ['::ffff:0:0:0', 96, 'an embedded IPv4 address'],
  ['64:ff9b:1::', 48, 'an embedded IPv4 address'],
  ['fd00:ec2::254', 128, METADATA],
  ['fd20:ce::254', 128, METADATA],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['ff00::', 8, 'multicast'],
  ['2001::', 32, 'a tunnel'],
  ['2001::', 23, 'reserved'],
  ['2001:db8::', 32, 'for examples'],
  ['2002::', 16, 'a tunnel'],
  ['3fff::', 20, 'for examples'],
];

const lists = {
  v4: RANGES_V4.map(([net, prefix, what]) => ({ what, list: subnet(net, prefix) })),
  v6: RANGES_V6.map(([net, prefix, what]) => ({ what, list: subnet(net, prefix) })),
  global: subnet('2000::', 3),
};

/**
 * Says why nobody out there is at an address, such as `loopback`; undefined for a public one.
 *
 * @param address as a resolver or a socket gives it; anything else is `no address`
 */
export function notPublic(address: string): string | undefined {
  const plain = withoutMapping(address);
  switch (isIP(plain)) {
    case 4:
      return lists.v4.find(({ list }) => list.check(plain, 'ipv4'))?.what;
    case 6:
      // A zone, as in fe80::1%eth0, belongs to one link.
      if (plain.includes('%')) return 'link-local';
      return (
        lists.v6.find(({ list }) => list.check(plain, 'ipv6'))?.what ??
        (lists.global.check(plain, 'ipv6') ? undefined : 'reserved')
      );
    default:
      return 'no address';
  }
}

/**
 * Gives the address that is really meant: that of the host behind IPv4-mapped IPv6 and behind the well-known NAT64 prefix.
 *
 * @param address of either family
 */
export function withoutMapping(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  const head = groups.slice(0, 6).join();
  if (head !== '0,0,0,0,0,65535' && head !== `${0x64},${0xff9b},0,0,0,0`) return address;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Makes a list of the addresses of one range. */
export function subnet(net: string, prefix: number): BlockList {
  const list = new BlockList();
  list.addSubnet(net, prefix, isIP(net) === 4 ? 'ipv4' : 'ipv6');
  return list;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [, head = '', quad] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [];
  const hex = quad === undefined ? address : head + hexOf(quad);
  const [left = '', right] = hex.split('::');
  const numbers = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [numbers(left), numbers(right ?? '')];
  if (right === undefined) return first;
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

function hexOf(quad: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = quad.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

import { BlockList, isIP, isIPv4 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Tells whether an address is one of a listed proxy. */
export type IsProxy = (address: string | undefined) => boolean;

/**
 * Makes the list of the proxies that are believed.
 *
 * @param addresses of `access.proxy`: addresses and networks; without any, nobody is believed
 */
export function proxyAddresses(addresses: readonly string[] = []): IsProxy {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = '', prefix] = text.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = plainAddress(address ?? '');
    return isIP(plain) !== 0 && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}

/** A server that listens on IPv6 sees IPv4 written as `::ffff:10.0.0.7`; a local address may carry its interface. */
function plainAddress(address: string): string {
  const [plain = ''] = address.split('%');
  const mapped = plain.replace(/^::ffff:/i, '');
  return isIPv4(mapped) ? mapped : plain;
}

/**
 * From where a request comes: what listed proxies say in X-Forwarded-For, if that is an address, and else who is connected.
 */
export function clientAddress({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const said = plainAddress(ip);
  return isIP(said) === 0 ? plainAddress(socket.remoteAddress ?? 'unknown') : said;
}

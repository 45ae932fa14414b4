import type { NetConnectOpts } from 'node:net';

const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/;

/**
 * Reads where a socket is: `host:port`, `[::1]:port`, or the absolute path of a unix socket.
 *
 * @param text as an operator wrote it
 * @returns what `net.connect` takes, or undefined when the text is no such address
 */
export function socketAddress(text: string): NetConnectOpts | undefined {
  if (text.startsWith('/')) return text.includes('\0') ? undefined : { path: text };
  const [, ipv6, name, digits] = HOST_AND_PORT.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

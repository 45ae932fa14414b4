import { DnsServer } from '../../clients/dns-server.js';
import { tsigKey } from '../../clients/dns-tsig.js';
import { socketAddress } from '../../clients/socket-address.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { DnsConfig } from './config.js';

/** A name server, and whether changes there are compared with the zone's version. */
export interface NamedServer {
  readonly server: DnsServer;
  readonly compareSerial: boolean;
}

/** The name servers that may be reached, by name; each exchange has a connection of its own. */
export class NameServers {
  private readonly named: ReadonlyMap<string, NamedServer>;

  constructor(config: DnsConfig | undefined) {
    const entries = Object.entries(config?.servers ?? {}).map(([name, one]): [string, NamedServer] => {
      const { address, zone, key, compareSerial } = one;
      const server = new DnsServer({
        name: `name server ${name} (${address})`,
        at: socketAddress(address) ?? { port: 0 },
        zone,
        key: key === undefined ? undefined : tsigKey(key.name, key.algorithm, key.secret),
        timeoutMs: config?.timeout ?? 0,
      });
      return [name, { server, compareSerial }];
    });
    this.named = new Map(entries);
  }

  /**
   * Gives the server of that name.
   *
   * @throws PluginError `unknown-server` when the configuration has none of that name
   */
  get(name: string): NamedServer {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-server', `no name server ${name}; configured names: ${known}`, false);
  }
}

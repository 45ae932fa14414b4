import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { DnsFields } from './config.js';
import type { NameServers } from './servers.js';

/** What the DNS actions need of the plugin's client. */
export interface DnsSystem {
  readonly dns: NameServers;
}

/** Builders for the DNS actions. */
export type DnsKit = Kit<DnsSystem, DnsFields>;

import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { NftablesFields } from './config.js';
import type { Firewalls } from './firewalls.js';

/** What the nftables action needs of the plugin's client. */
export interface NftablesSystem {
  readonly nftables: Firewalls;
}

/** Builders for the nftables action. */
export type NftablesKit = Kit<NftablesSystem, NftablesFields>;

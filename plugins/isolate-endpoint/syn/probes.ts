import type { NftablesFields } from '../nftables/config.js';
import type { Kit } from '../../../src/plugin-sdk/index.js';
import { synProbe } from './probe.js';

/** The probes of endpoints, by name. */
export function synProbes<Client>(kit: Kit<Client, NftablesFields>) {
  return { syn: synProbe(kit) };
}

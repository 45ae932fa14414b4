import { nftablesAction } from './action.js';
import type { NftablesKit } from './kit.js';

/** The actions on nftables, by name. */
export function nftablesActions(kit: NftablesKit) {
  return { nftables: nftablesAction(kit) };
}

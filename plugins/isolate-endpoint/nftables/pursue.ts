import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import type { Place } from './firewalls.js';
import type { NftablesSystem } from './kit.js';
import type { Element } from './nft.js';
import type { Before, Params } from './params.js';
import { remaining } from './remaining.js';

/** How often it is tried anew when the set has changed between looking and writing. */
const ROUNDS = 3;

/** One endpoint that is to be shut out, and how that is known again. */
export interface Isolation {
  readonly place: Place;
  readonly before: Before;
  readonly seconds: number;
}

type Effecting = EffectCall<NftablesSystem, Params>;

/**
 * Shuts the endpoint out, unless it is already as the plan wants it. As many others of its pool as must be left are not
 * isolated at the moment of the write, and nftables itself sees to that: in the same transaction each of them is added
 * and taken away again, which fails, with all the rest, if it was there. No packet ever meets those elements.
 *
 * @throws PluginError `changed-meanwhile`, `no-server-left`, and what `nft` refuses
 */
export async function isolate(call: Effecting, { place, before, seconds }: Isolation): Promise<void> {
  const { nft, address, pool } = place;
  for (let round = 0; round < ROUNDS; round += 1) {
    const elements = await nft.elements(address, call.signal);
    const found = elements.find((one) => one.address === address.text);
    if (isAsWanted(found, before)) return;
    if (found !== undefined) throw isolatedByOthers(place);
    const isolated = new Set(elements.map((one) => one.address));
    const left = await remaining(pool, address.text, isolated, call.signal);
    const stillOpen = left.slice(0, pool.least).flatMap((one) => [nft.create(one, 1, before.mark), nft.delete(one)]);
    await call.fence();
    if (await nft.change([...stillOpen, nft.create(address, seconds, before.mark)], call.signal)) return;
  }
  throw new PluginError('changed-meanwhile', `${nft.name}: somebody else changes the set all the time`, false);
}

function isAsWanted(found: Element | undefined, { mark, was }: Before): boolean {
  return found !== undefined && (found.comment === mark || (was !== null && isSame(found, was)));
}

const isSame = (found: Element, was: NonNullable<Before['was']>): boolean =>
  found.comment === was.comment && found.timeoutSeconds === was.timeoutSeconds;

/** Lets the endpoint in again if it was Firebreak that shut it out; what has gone by itself is gone. */
export async function letIn(call: Effecting, { place, before, seconds }: Isolation): Promise<void> {
  const { nft, address } = place;
  for (let round = 0; round < ROUNDS; round += 1) {
    const elements = await nft.elements(address, call.signal);
    const found = elements.find((one) => one.address === address.text);
    if (found === undefined || found.comment !== before.mark || before.was?.comment === before.mark) return;
    if (found.timeoutSeconds !== seconds)
      throw new PluginError('changed-meanwhile', `${nft.name}: somebody else has isolated ${address.text} anew`, false);
    await call.fence();
    // Not there: its time was over between looking and writing, or somebody else has let it in.
    if (await nft.change([nft.delete(address)], call.signal)) return;
  }
  throw new PluginError('changed-meanwhile', `${nft.name}: somebody else changes the set all the time`, false);
}

function isolatedByOthers({ nft, address }: Place): PluginError {
  const what = `${nft.name}: somebody else has isolated ${address.text} meanwhile; that is left as it is`;
  return new PluginError('changed-meanwhile', what, false);
}

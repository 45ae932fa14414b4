import type { BlockList } from 'node:net';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { hostAddress, listOf, whyNever, type HostAddress } from './address.js';
import type { NftablesConfig } from './config.js';
import { Nft } from './nft.js';
import type { Params } from './params.js';
import { membersOf } from './pool.js';

/** The others with whom an endpoint shares its work. */
export interface Pool {
  readonly name: string;
  /** All but the endpoint itself. */
  readonly others: readonly HostAddress[];
  readonly least: number;
  readonly health: { readonly port: number; readonly timeout: number } | undefined;
}

/** One endpoint at one firewall: what a step is about. */
export interface Place {
  readonly nft: Nft;
  readonly address: HostAddress;
  readonly pool: Pool;
}

/** The firewalls that may be changed, by name, and the pools. */
export class Firewalls {
  private readonly named: ReadonlyMap<string, Nft>;
  private readonly never: BlockList;

  constructor(private readonly config: NftablesConfig | undefined) {
    const all = Object.entries(config?.firewalls ?? {});
    this.named = new Map(all.map(([name, settings]) => [name, new Nft(name, settings, config?.timeout ?? 0)]));
    this.never = listOf(...(config?.never ?? []));
  }

  /**
   * Gives what the parameters name.
   *
   * @throws PluginError `unknown-name`, or `never-isolated` for an address that must not be touched
   */
  place(params: Params): Place {
    const [only] = this.named.values();
    const nft = params.firewall === undefined ? only : this.named.get(params.firewall);
    const address = hostAddress(params.endpoint);
    if (nft === undefined || address === undefined)
      throw new PluginError('unknown-name', `${params.endpoint} at ${params.firewall ?? 'no firewall'}`, false);
    const why = whyNever(address, this.never);
    if (why !== undefined) throw new PluginError('never-isolated', `${why}: it is not isolated`, false);
    return { nft, address, pool: this.poolOf(address) };
  }

  private poolOf(address: HostAddress): Pool {
    for (const [name, settings] of Object.entries(this.config?.pools ?? {})) {
      const members = membersOf(settings);
      if (!members.some(({ text }) => text === address.text)) continue;
      // What must never be isolated is no endpoint either: a network may have the gateway in it.
      const others = members.filter((one) => one.text !== address.text && whyNever(one, this.never) === undefined);
      return { name, others, least: settings.least, health: settings.health };
    }
    throw new PluginError('unknown-name', `${address.text} is in no pool`, false);
  }
}

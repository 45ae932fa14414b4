import type { BanCondition, VarnishServer } from '../../clients/varnish.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { BanFields, VarnishConfig } from './config.js';
import type { Params } from './params.js';

/** One cache: its servers by name, and what may be banned there. */
export interface VarnishCache {
  readonly servers: ReadonlyMap<string, VarnishServer>;
  readonly bans: Readonly<Record<string, BanFields>>;
}

/** The caches that may be reached, by name. */
export class VarnishCaches {
  private readonly named: ReadonlyMap<string, VarnishCache>;

  /** Connects to nothing: each verb has connections of its own. */
  constructor(config: VarnishConfig | undefined) {
    const entries = Object.entries(config?.caches ?? {}).map(([name, one]): [string, VarnishCache] => {
      const servers = Object.entries(one.servers).map(([server, address]): [string, VarnishServer] => [
        server,
        { name: `varnish ${name}/${server}`, address, secret: one.secret, timeoutMs: config?.timeout ?? 0 },
      ]);
      return [name, { servers: new Map(servers), bans: one.bans }];
    });
    this.named = new Map(entries);
  }

  /**
   * Gives the cache of that name.
   *
   * @throws PluginError `unknown-cache` when the configuration has none of that name
   */
  get(name: string): VarnishCache {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-cache', `no Varnish cache ${name}; configured: ${known}`, false);
  }

  /**
   * Makes the conditions of a ban; they look at what the configuration names, and are equal to what the step says.
   *
   * @throws PluginError `unknown-ban` when the configuration has none of that name, or other fields
   */
  conditions({ cache, ban, where }: Params): BanCondition[] {
    const { bans } = this.get(cache);
    const fields = Object.entries((Object.hasOwn(bans, ban) ? bans[ban] : undefined) ?? {});
    const made = fields.flatMap(([name, { of, match }]) => {
      const value = Object.hasOwn(where, name) ? where[name] : undefined;
      return value === undefined ? [] : [match === 'word' ? wordIn(of, value) : equal(of, value)];
    });
    // Whoever leaves out a condition bans more than was meant.
    if (made.length > 0 && made.length === fields.length) return made;
    throw new PluginError('unknown-ban', `cache ${cache} has no ban ${ban} with these fields any more`, false);
  }
}

function equal(field: string, value: string): BanCondition {
  return { field, operator: '==', argument: value };
}

/** One of several words of a header, between blanks or commas. */
function wordIn(field: string, value: string): BanCondition {
  const literal = value.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  return { field, operator: '~', argument: String.raw`(^|[\s,])${literal}([\s,]|$)` };
}

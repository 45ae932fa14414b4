import { isIP, type BlockList } from 'node:net';
import { z } from 'zod';
import { METADATA, notPublic, subnet, withoutMapping } from './special-addresses.js';

/** What a host that is allowed by its name may have: a name that suddenly means a metadata service is an attack. */
const OF_NAMED_HOSTS: ReadonlySet<string> = new Set(['private', 'loopback', "a carrier's own"]);
/** What no rule can allow, because nobody in particular is there. */
const NEVER: ReadonlySet<string> = new Set(['unspecified', 'multicast', 'broadcast']);

/** So that one entry never means everything. */
const LEAST_PREFIX = 8;
const HOST = /^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** One entry of `allow`: a host by its name, an address, or a range such as `10.1.0.0/16`. */
const entry = z
  .string()
  .max(253)
  .toLowerCase()
  .refine(
    (text) => rangeOf(text) !== undefined || isHostName(text),
    `write a host name, an address, or a range no wider than /${LEAST_PREFIX} such as 10.1.0.0/16`,
  );

/** The schema of `allow` in a plugin's configuration: who may be asked although the address is no public one. */
export const allowSchema = z.array(entry).max(64).default([]);

/** Which addresses may be connected to: public ones, and what the operator has allowed. */
export class AddressRules {
  private readonly hosts: ReadonlySet<string>;
  private readonly ranges: readonly Range[];

  /**
   * @param allow as `allowSchema` gives it
   */
  constructor(allow: readonly string[] = []) {
    this.hosts = new Set(allow.filter((text) => rangeOf(text) === undefined));
    this.ranges = allow.flatMap((text) => rangeOf(text) ?? []);
  }

  /**
   * Says why a connection must not be made; undefined when it may.
   *
   * @param host as the URL names it
   * @param address that it turned out to have
   */
  refusal(host: string, address: string): string | undefined {
    const what = notPublic(address);
    if (what === undefined) return undefined;
    const plain = withoutMapping(address);
    const family = isIP(plain);
    const inRange = this.ranges.some(({ list, single }) => {
      // Only its very address allows a metadata service, no range around it.
      if (family === 0 || (what === METADATA && !single)) return false;
      return list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
    });
    if (inRange && !NEVER.has(what)) return undefined;
    return this.hosts.has(plainHost(host)) && OF_NAMED_HOSTS.has(what) ? undefined : what;
  }
}

/** Gives a host name as it is compared: lower case, without the dot that ends a full name. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** A last label of digits is an address in another spelling (`0x7f.1`, `2130706433`), and no name. */
function isHostName(text: string): boolean {
  const last = text.split('.').at(-1) ?? '';
  return HOST.test(text) && !/^(?:0x[0-9a-f]*|[0-9]+)$/.test(last);
}

/** A range that the operator allows; `single` when it is one address. */
interface Range {
  readonly list: BlockList;
  readonly single: boolean;
}

function rangeOf(text: string): Range | undefined {
  const [, net = '', digits] = /^([^/]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const family = isIP(net);
  if (family === 0 || net.includes('%')) return undefined;
  const widest = family === 4 ? 32 : 128;
  const prefix = digits === undefined ? widest : Number(digits);
  if (prefix < LEAST_PREFIX || prefix > widest) return undefined;
  return { list: subnet(net, prefix), single: prefix === widest };
}

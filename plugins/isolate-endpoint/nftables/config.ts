import { z } from 'zod';
import { positiveDuration } from '../../clients/positive-duration.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { hostAddress, listOf, network, whyNever } from './address.js';
import { hostsOf, membersOf } from './pool.js';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
// Names as nft takes them without quotes: nothing in them can be read as anything else.
const nftName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'write a name as nft does, of letters, digits and _');
const address = z.string().refine((text) => {
  const read = hostAddress(text);
  return read !== undefined && read.text === text;
}, 'write one address, IPv6 in its short form, without a port');

const firewall = z.strictObject({
  /** How `nft` is started, without a shell; what comes before it may lead to another machine or network namespace. */
  command: z.array(z.string().min(1).max(1_000)).min(1).max(20).default(['nft']),
  family: z.enum(['inet', 'ip', 'ip6']).default('inet'),
  table: nftName,
  /** The set for each kind of address; both have `flags timeout`, and rules of the operator that drop or reject. */
  sets: z
    .strictObject({ ipv4: nftName.optional(), ipv6: nftName.optional() })
    .refine(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined, 'name a set'),
});

const pool = z
  .strictObject({
    addresses: z.array(address).min(1).max(1_000).optional(),
    cidr: z
      .string()
      .refine((text) => hostsOf(text) !== undefined, 'write an IPv4 network of at most 256 addresses')
      .optional(),
    /** How many must be left. */
    least: z.int().min(1).default(1),
    /** Only those count as left that answer here when they are asked, from where Firebreak runs. */
    health: z.strictObject({ port: z.int().min(1).max(65_535), timeout: timeoutSchema('200ms') }).optional(),
  })
  .refine(({ addresses, cidr }) => (addresses === undefined) !== (cidr === undefined), 'give either addresses or cidr')
  .refine(
    ({ cidr, health }) => cidr === undefined || health !== undefined,
    'a cidr needs health: which of its addresses exist is known by asking only',
  )
  .refine((settings) => new Set(membersOf(settings).map(({ family }) => family)).size === 1, {
    message: 'must be all IPv4 or all IPv6: a host with both is a member of two pools',
  })
  .refine((settings) => membersOf(settings).length > settings.least, {
    message: 'has no member to spare: least must be below the number of its addresses',
  });

const section = z
  .strictObject({
    firewalls: z
      .record(z.string().regex(NAME), firewall)
      .refine((all) => Object.keys(all).length > 0, 'name at least one firewall'),
    pools: z
      .record(z.string().regex(NAME), pool)
      .refine((all) => Object.keys(all).length > 0, 'name at least one pool'),
    /** Addresses and networks that are never isolated, such as the gateway; Firebreak's own addresses never are. */
    never: z
      .array(z.string().refine((text) => network(text) !== undefined, 'write an address or a network'))
      .default([]),
    /** For how long at most; the firewall itself forgets it then. */
    atMost: positiveDuration('1h'),
    timeout: timeoutSchema('2s'),
  })
  .superRefine(({ pools, never }, context) => {
    const poolOf = new Map<string, string>();
    const forbidden = listOf(...never.filter((text) => network(text) !== undefined));
    for (const [name, settings] of Object.entries(pools)) {
      for (const member of membersOf(settings)) {
        const other = poolOf.get(member.text);
        // A network may well have the gateway in it; a list should not.
        const why = settings.cidr === undefined ? whyNever(member, forbidden) : undefined;
        const message = other === undefined ? why : `${member.text} is in ${other} too: an address has one pool`;
        if (message !== undefined) context.addIssue({ code: 'custom', path: ['pools', name], message });
        poolOf.set(member.text, name);
      }
    }
  });

/** The part of the plugin's configuration that names firewalls, and what may be isolated there. */
export const nftablesFields = { nftables: section.optional() };

const fields = z.strictObject(nftablesFields);

/** That part as parsed. */
export type NftablesFields = z.infer<typeof fields>;

/** What the part says, if it is there; times are in milliseconds. */
export type NftablesConfig = z.infer<typeof section>;

/** One firewall as configured. */
export type FirewallSettings = z.infer<typeof firewall>;

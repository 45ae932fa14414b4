import { describe, expect, it } from 'vitest';
import { AddressRules, allowSchema } from './address-rules.js';
import { notPublic } from './special-addresses.js';

const notPublicOnes: readonly (readonly [address: string, what: string])[] = [
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['10.0.0.1', 'private'],
  ['10.255.255.255', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', "a carrier's own"],
  ['100.127.255.255', "a carrier's own"],
  ['169.254.1.1', 'link-local'],
  ['169.254.169.254', 'a metadata service'],
  ['169.254.170.2', 'a metadata service'],
  ['100.100.100.200', 'a metadata service'],
  ['168.63.129.16', 'a metadata service'],
  ['192.0.0.192', 'a metadata service'],
  ['fd00:ec2::254', 'a metadata service'],
  ['192.0.0.1', 'reserved'],
  ['192.0.2.1', 'for examples'],
  ['192.88.99.1', 'a tunnel'],
  ['198.18.0.1', 'for benchmarks'],
  ['198.19.255.255', 'for benchmarks'],
  ['198.51.100.1', 'for examples'],
  ['203.0.113.1', 'for examples'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['fe80::1', 'link-local'],
  ['fe80::1%lo', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', 'private'],
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['ff02::1', 'multicast'],
  // IPv4-mapped, in each spelling
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['0:0:0:0:0:ffff:7f00:1', 'loopback'],
  ['::FFFF:169.254.169.254', 'a metadata service'],
  ['::ffff:10.0.0.1', 'private'],
  ['::ffff:0.0.0.0', 'unspecified'],
  // IPv4-compatible, and the translated form
  ['::127.0.0.1', 'an embedded IPv4 address'],
  ['::7f00:1', 'an embedded IPv4 address'],
  ['::ffff:0:127.0.0.1', 'an embedded IPv4 address'],
  // NAT64, the well-known prefix and the local one
  ['64:ff9b::127.0.0.1', 'loopback'],
  ['64:ff9b::a9fe:a9fe', 'a metadata service'],
  ['64:ff9b:1::7f00:1', 'an embedded IPv4 address'],
  // 6to4 and Teredo, whatever they embed
  ['2002:7f00:1::', 'a tunnel'],
  ['2002:808:808::1', 'a tunnel'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'a tunnel'],
  ['2001:db8::1', 'for examples'],
  ['2001:20::1', 'reserved'],
  ['3fff::1', 'for examples'],
  // outside of what is given out
  ['100::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['5f00::1', 'reserved'],
  // no address at all
  ['', 'no address'],
  ['example.org', 'no address'],
  ['127.1', 'no address'],
  ['0x7f.0.0.1', 'no address'],
  ['1.2.3.4 ', 'no address'],
];

describe('S7: an address that is no public one', () => {
  it.each(notPublicOnes)('%s is refused: %s', (address, what) => {
    expect(notPublic(address)).toBe(what);
    expect(new AddressRules().refusal('example.org', address)).toBe(what);
  });

  it.each(['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1'])(
    '%s is public',
    (address) => expect(notPublic(address)).toBeUndefined(),
  );

  it.each(['172.15.255.255', '172.32.0.0', '169.253.255.255', '192.167.1.1', '198.20.0.1', '223.255.255.255'])(
    '%s is public',
    (address) => expect(notPublic(address)).toBeUndefined(),
  );

  it.each(['2606:4700::1111', '2a00:1450::1', '2003::1', '::ffff:1.1.1.1', '64:ff9b::101:101'])(
    '%s is public',
    (address) => expect(notPublic(address)).toBeUndefined(),
  );
});

describe('S7: what the operator allows', () => {
  const allowing = (...entries: string[]) => new AddressRules(allowSchema.parse(entries));

  it('is a range, and nothing beside it', () => {
    const rules = allowing('10.1.0.0/16', 'fd12:3456::/32');
    expect(rules.refusal('x', '10.1.255.255')).toBeUndefined();
    expect(rules.refusal('x', '::ffff:10.1.2.3')).toBeUndefined();
    expect(rules.refusal('x', 'fd12:3456::1')).toBeUndefined();
    expect(rules.refusal('x', '10.2.0.0')).toBe('private');
    expect(rules.refusal('x', 'fd12:3457::1')).toBe('private');
    expect(rules.refusal('x', '127.0.0.1')).toBe('loopback');
  });

  it('is a host by its name, wherever in private space it is', () => {
    const rules = allowing('Flags.Internal');
    for (const address of ['10.9.9.9', '127.0.0.1', '::1', 'fd00::1', '100.64.0.1'])
      expect(rules.refusal('flags.internal.', address)).toBeUndefined();
    expect(rules.refusal('other.internal', '10.9.9.9')).toBe('private');
    expect(rules.refusal('evil-flags.internal', '10.9.9.9')).toBe('private');
    expect(rules.refusal('flags.internal.evil', '10.9.9.9')).toBe('private');
  });

  it.each(['169.254.169.254', '169.254.1.1', '::ffff:169.254.169.254', 'fe80::1', '224.0.0.1', '0.0.0.0', '::'])(
    'is not %s by the name of a host: a name that suddenly means that is an attack',
    (address) => expect(allowing('flags.internal').refusal('flags.internal', address)).toBeDefined(),
  );

  it('is a metadata service only by its very address', () => {
    expect(allowing('169.254.0.0/16').refusal('x', '169.254.1.1')).toBeUndefined();
    expect(allowing('169.254.0.0/16').refusal('x', '169.254.169.254')).toBe('a metadata service');
    expect(allowing('169.254.169.254').refusal('x', '169.254.169.254')).toBeUndefined();
    expect(allowing('fd00::/8').refusal('x', 'fd00:ec2::254')).toBe('a metadata service');
  });

  it('is never nobody in particular', () => {
    expect(allowing('224.0.0.0/8').refusal('x', '224.0.0.1')).toBe('multicast');
    expect(allowing('0.0.0.0').refusal('x', '0.0.0.0')).toBe('unspecified');
    expect(allowing('255.255.255.255').refusal('x', '255.255.255.255')).toBe('broadcast');
  });

  it.each(['', '*', '*.internal', '0.0.0.0/0', '10.0.0.0/7', '::/0', '10.0.0.0/33', 'a b', 'http://x', 'x:80'])(
    'can not be written as %j',
    (entry) => expect(allowSchema.safeParse([entry]).success).toBe(false),
  );
  it.each(['127.1', '0x7f.0.0.1', '2130706433', '0177.0.0.1', 'fe80::1%lo', '[::1]', '-x', 'x..y', '10.0.0.0/'])(
    'can not be written as %j',
    (entry) => expect(allowSchema.safeParse([entry]).success).toBe(false),
  );
});

import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownSettings } from '../../../test/rig/shown-settings.js';
import plugin from '../index.js';
import { hostAddress, listOf, network, whyNever } from './address.js';
import { hostsOf } from './pool.js';

const log = { info: () => {}, warn: () => {} };
const edge = { table: 'firebreak', sets: { ipv4: 'isolated4' } };
const shop = { addresses: ['10.9.0.1', '10.9.0.2'] };
const configured = (differs: object) =>
  plugin.instantiate({ nftables: { firewalls: { edge }, pools: { shop }, ...differs } }, log);
const own = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find((one) => !one.internal && one.family === 'IPv4');

describe('an address', () => {
  it.each([
    ['10.1.2.3', 'ipv4', '10.1.2.3'],
    ['10.1.2.3:9100', 'ipv4', '10.1.2.3'],
    ['fd00::7', 'ipv6', 'fd00::7'],
    ['FD00:0:0::0007', 'ipv6', 'fd00::7'],
    ['[fd00::7]', 'ipv6', 'fd00::7'],
    ['[fd00::7]:9100', 'ipv6', 'fd00::7'],
  ])('%s is read', (written, family, text) => {
    expect(hostAddress(written)).toEqual({ family, text });
  });

  it('S5: of whatever text, is one address of one host or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f.:/[\]%-]{1,40}$/)),
        (text) => {
          const read = hostAddress(text);
          if (read === undefined) return;
          expect(read.text).toMatch(read.family === 'ipv4' ? /^\d+\.\d+\.\d+\.\d+$/ : /^[0-9a-f:]+$/);
          expect(hostAddress(read.text)).toEqual(read);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'ff02::1',
    'fe80::1',
  ])('S7: %s is never isolated', (text) =>
    expect(whyNever(hostAddress(text)!, listOf())).toMatch(/is not the address of an endpoint/),
  );

  it('in a network is found there', () => {
    expect(network('10.1.2.0/24')).toEqual({ base: { family: 'ipv4', text: '10.1.2.0' }, prefix: 24 });
    for (const written of ['10.1.2.0/33', '10.1.2.0/', '10.1.2.0/24/8', 'a/8', '10.1.2.3:80/24', 'fd00::/129'])
      expect(network(written), written).toBeUndefined();
  });
});

describe('the hosts of a network', () => {
  it.each([
    ['10.1.2.9/30', ['10.1.2.9', '10.1.2.10']],
    ['10.1.2.8/31', ['10.1.2.8', '10.1.2.9']],
    ['10.1.2.8', ['10.1.2.8']],
  ])('of %s', (written, expected) => {
    expect(hostsOf(written)?.map(({ text }) => text)).toEqual(expected);
  });

  it('are at most 254, and none of a larger network', () => {
    expect(hostsOf('10.1.2.0/24')).toHaveLength(254);
    for (const written of ['10.0.0.0/23', '0.0.0.0/0', 'fd00::/120']) expect(hostsOf(written)).toBeUndefined();
  });
});

describe('the configuration', () => {
  const pool = (one: object) => ({ pools: { shop: one } });
  it.each([
    [
      'a table that is more than a name',
      { firewalls: { edge: { ...edge, table: 'a; flush ruleset' } } },
      /as nft does/,
    ],
    ['no set', { firewalls: { edge: { ...edge, sets: {} } } }, /name a set/],
    ['no firewall', { firewalls: {} }, /at least one firewall/],
    ['a pool with nobody to spare', pool({ ...shop, least: 2 }), /no member to spare/],
    ['a pool of one', pool({ addresses: ['10.9.0.1'] }), /no member to spare/],
    ['the same address twice', pool({ addresses: ['10.9.0.1', '10.9.0.1'] }), /no member to spare/],
    ['both kinds of addresses', pool({ addresses: ['10.9.0.1', 'fd00::1'] }), /all IPv4 or all IPv6/],
    ['a network that nobody asks', pool({ cidr: '10.9.0.0/24' }), /needs health/],
    ['everything', pool({ cidr: '0.0.0.0/0', health: { port: 80 } }), /at most 256 addresses/],
    ['a network among addresses', pool({ addresses: ['10.9.0.0/24', '10.9.0.2'] }), /write one address/],
    ['an address with a port', pool({ addresses: ['10.9.0.1:80', '10.9.0.2'] }), /write one address/],
    ['loopback', pool({ addresses: ['127.0.0.1', '10.9.0.2'] }), /not the address of an endpoint/],
    ['an address that is never isolated', { never: ['10.9.0.0/31'] }, /10\.9\.0\.1 is listed under never/],
    ['an address of two pools', { pools: { shop, web: shop } }, /is in shop too/],
    ['never nothing', { never: ['everything'] }, /write an address or a network/],
  ])('with %s is refused', (_, differs, message) => {
    expect(() => configured(differs)).toThrow(message);
  });

  it.skipIf(own === undefined)("with Firebreak's own machine in a pool is refused", () => {
    expect(() => configured(pool({ addresses: [own!.address, '10.9.0.2'] }))).toThrow(/Firebreak's own machine/);
  });

  it('of the README is one', () => {
    for (const shown of shownSettings('isolate-endpoint')) expect(() => plugin.instantiate(shown, log)).not.toThrow();
  });
});

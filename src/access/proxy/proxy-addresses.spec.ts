import { describe, expect, it } from 'vitest';
import { proxyAddresses } from './proxy-addresses.js';

describe('S4: who is a listed proxy', () => {
  const isProxy = proxyAddresses(['10.1.2.0/24', '192.0.2.7', '2001:db8::/32', 'fe80::1']);

  it.each([
    '10.1.2.0',
    '10.1.2.255',
    '192.0.2.7',
    '::ffff:10.1.2.3',
    '::FFFF:192.0.2.7',
    '2001:db8::1',
    'fe80::1%eth0',
  ])('%s is', (address) => expect(isProxy(address)).toBe(true));

  it.each([
    '10.1.3.0',
    '192.0.2.8',
    '::ffff:10.1.3.1',
    '::ffff:ffff:10.1.2.3',
    '2001:db9::1',
    '127.0.0.1',
    '::1',
    '',
    '10.1.2.3, 127.0.0.1',
    '010.001.002.003',
    'localhost',
    undefined,
  ])('%s is not', (address) => expect(isProxy(address)).toBe(false));

  it('nobody is without a list', () =>
    expect(['127.0.0.1', '::1'].map((one) => proxyAddresses()(one))).toEqual([false, false]));
});

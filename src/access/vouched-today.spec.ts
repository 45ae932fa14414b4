import { describe, expect, it } from 'vitest';
import { localSchema } from '../config/access/local.js';
import { oidcSchema } from '../config/access/oidc.js';
import { localIdentity, localVoucher } from './local/local-login.js';
import { oidcVoucher } from './oidc/oidc-provider.js';
import { vouchedToday } from './vouched-today.js';

const oidc = oidcSchema.parse({ issuer: 'https://idp.example.org', clientId: 'firebreak', clientSecret: 's' });
const hash = (letter: string): string => `scrypt$ln=15$r=8$p=3$${'a'.repeat(22)}$${letter.repeat(43)}`;
const local = localSchema.parse([{ name: 'night', password: hash('b'), roles: ['admin'] }]);

describe('a login after a change of firebreak.yaml', () => {
  const ada = {
    identity: { account: 'oidc:s1', name: 'ada', groups: ['sre'], grants: [] },
    voucher: oidcVoucher(oidc),
  };
  const [account = { name: '', password: '', roles: [] }] = local;
  const night = { identity: localIdentity(account), voucher: localVoucher(account) };

  it('goes on when nothing has changed', () => {
    expect(vouchedToday({ oidc, local }, ada)).toEqual(ada.identity);
    expect(vouchedToday({ oidc, local }, night)).toEqual(night.identity);
  });

  it('S12: has ended when another provider is asked, whose subjects are other people', () => {
    for (const other of [undefined, { ...oidc, issuer: 'https://other.example.org' }, { ...oidc, clientId: 'another' }])
      expect(vouchedToday({ oidc: other, local }, ada)).toBeUndefined();
  });

  it('S12: has ended when a local account is gone, or has another password', () => {
    expect(vouchedToday({ oidc, local: [] }, night)).toBeUndefined();
    expect(vouchedToday({ oidc, local: [{ ...account, password: hash('c') }] }, night)).toBeUndefined();
    expect(vouchedToday({ oidc, local: [{ ...account, name: 'day' }] }, night)).toBeUndefined();
  });

  it('has the roles that a local account has today', () => {
    const today = vouchedToday({ oidc, local: [{ ...account, roles: ['viewer'] }] }, night);
    expect(today?.grants.map(({ role }) => role)).toEqual(['viewer']);
  });
});

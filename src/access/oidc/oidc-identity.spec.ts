import { describe, expect, it } from 'vitest';
import { People } from '../people.js';
import { oidcIdentity } from './oidc-identity.js';

describe('what an identity provider says of somebody', () => {
  it('is an account by the subject, a name, a checked address and groups', () => {
    const claims = { sub: 's1', name: 'Ada L', email: 'Ada@Example.org', email_verified: true, groups: ['sre', 'dba'] };
    expect(oidcIdentity(claims, 'groups')).toEqual({
      account: 'oidc:s1',
      name: 'Ada L',
      email: 'ada@example.org',
      groups: ['sre', 'dba'],
      grants: [],
    });
  });

  it.each([false, undefined, 'true', 1, null])(
    'has no address that is not checked: email_verified is %j',
    (verified) => {
      expect(
        oidcIdentity({ sub: 's1', email: 'a@example.org', email_verified: verified }, 'groups'),
      ).not.toHaveProperty('email');
    },
  );

  it.each(['ada@example.org', 'admin', 'ada'])('S12: a name that somebody chose is nobody else: %s', (chosen) => {
    const people = new People(
      { people: [{ name: 'ada', accounts: ['oidc:s1'], roles: ['admin'] }], grants: [] },
      () => [],
      async () => [],
      false,
    );
    const person = people.of(oidcIdentity({ sub: 's2', name: chosen, preferred_username: chosen }, 'groups'));
    expect(person).toEqual({ name: 'oidc:s2', account: 'oidc:s2', grants: [] });
  });

  it('has the subject for a name when there is no other', () => {
    expect(oidcIdentity({ sub: 's1', name: '  ', preferred_username: 7 }, 'groups').name).toBe('oidc:s1');
  });

  it.each([
    [
      ['a', 1, null, 'b', {}, ''],
      ['a', 'b'],
    ],
    ['only', ['only']],
    [undefined, []],
    [{ a: 1 }, []],
  ])('takes groups as they come: %j', (said, groups) => {
    expect(oidcIdentity({ sub: 's1', roles: said }, 'roles').groups).toEqual(groups);
  });
});

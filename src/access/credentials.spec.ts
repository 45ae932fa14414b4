import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Credentials, LOCAL } from './credentials.js';
import { holds, ROLES } from './roles.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('credentials', () => {
  const credentials = new Credentials([
    { name: 'ann', roles: ['approver'], sha256: hash('anns-secret-anns-secret') },
    { name: 'ci', roles: ['source', 'no-such-role'], sha256: hash('the-secret-of-ci-1234') },
    { name: 'sue', roles: ['sre', 'admin', 'business'], sha256: hash('sues-secret-sues-secret') },
  ]);

  it('know a person by the token', () => {
    expect(credentials.identify('Bearer anns-secret-anns-secret')).toMatchObject({ name: 'ann', roles: ['approver'] });
    expect(credentials.identify('bearer  the-secret-of-ci-1234 ')?.name).toBe('ci');
  });

  it('S2: let nobody do anything for a role that Firebreak does not know', () => {
    expect(credentials.identify('Bearer the-secret-of-ci-1234')?.roles).toEqual(['source']);
    expect(credentials.identify('Bearer sues-secret-sues-secret')?.roles).toEqual(['admin']);
  });

  it('count the approval of a person for every role that is held, included or the organisation’s own', () => {
    const rolesOf = (secret: string) => credentials.identify(`Bearer ${secret}`)?.approvalRoles;
    expect(rolesOf('anns-secret-anns-secret')).toEqual(['viewer', 'operator', 'approver']);
    expect(rolesOf('the-secret-of-ci-1234')).toEqual(['source', 'no-such-role']);
    expect(rolesOf('sues-secret-sues-secret')).toEqual([...ROLES, 'sre', 'business']);
    expect(LOCAL.approvalRoles).toEqual(ROLES);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'anns-secret-anns-secret',
    'Basic anns-secret-anns-secret',
    'Bearer anns-secret-anns-secre',
    `Bearer ${hash('anns-secret-anns-secret')}`,
  ])('S1: know nobody by %j', (header) => expect(credentials.identify(header)).toBeUndefined());

  it('S1: an old token knows nobody any more once its hash was replaced', () => {
    const rotated = new Credentials([{ name: 'ann', roles: ['approver'], sha256: hash('anns-new-secret-12345') }]);
    expect(rotated.identify('Bearer anns-secret-anns-secret')).toBeUndefined();
    expect(rotated.identify('Bearer anns-new-secret-12345')?.name).toBe('ann');
  });

  it('without any token everybody is local', () => {
    expect(new Credentials([]).identify(undefined)).toBe(LOCAL);
    expect(new Credentials([]).identify('Bearer whatever')).toBe(LOCAL);
  });
});

describe('roles', () => {
  const may = (role: (typeof ROLES)[number]) => ROLES.filter((needed) => holds([role], needed));

  it('include one another as documented', () => {
    expect(ROLES.map((role) => [role, may(role)])).toEqual([
      ['source', ['source']],
      ['viewer', ['viewer']],
      ['operator', ['viewer', 'operator']],
      ['approver', ['viewer', 'operator', 'approver']],
      ['admin', ['source', 'viewer', 'operator', 'approver', 'admin']],
    ]);
    expect(holds([], 'viewer')).toBe(false);
  });
});

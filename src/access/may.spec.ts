import { describe, expect, it } from 'vitest';
import { may, rolesOn } from './may.js';
import { LOCAL, type Person } from './person.js';
import { everywhere } from './role-grant.js';
import { ROLES } from './roles.js';

const withRoles = (...roles: string[]): Person => ({ name: 'ann', account: 'token:ann', grants: everywhere(roles) });

describe('what somebody may do', () => {
  it('S2: a role that Firebreak does not know allows nothing', () => {
    expect(may(withRoles('sre', 'no-such-role'), 'read')).toBe(false);
    expect(may(withRoles(), 'read')).toBe(false);
  });

  it('an approval counts for every role that is held, included or the organisation’s own', () => {
    expect(rolesOn(withRoles('approver'))).toEqual(['viewer', 'operator', 'approver']);
    expect(rolesOn(withRoles('source', 'no-such-role'))).toEqual(['source', 'no-such-role']);
    expect(rolesOn(withRoles('sre', 'admin', 'business'))).toEqual([...ROLES, 'sre', 'business']);
    expect(rolesOn(LOCAL)).toEqual(ROLES);
  });

  it('a role counts only where it was given', () => {
    const here: Person = {
      ...withRoles('viewer'),
      grants: [{ role: 'approver', runbooks: ['cut-*'], targets: ['traffic/*', 'dns/*'] }],
    };
    expect(may(here, 'approve')).toBe(true);
    expect(may(here, 'approve', { runbook: 'cut-over', target: 'traffic/shop' })).toBe(true);
    expect(may(here, 'approve', { runbook: 'cut-over', target: 'cache/shop' })).toBe(false);
    expect(may(here, 'approve', { runbook: 'throttle', target: 'traffic/shop' })).toBe(false);
    expect(rolesOn(here, { runbook: 'throttle', target: 'traffic/shop' })).toEqual([]);
  });
});

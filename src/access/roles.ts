/** What a token can be allowed; firebreak.yaml knows no others. */
export const ROLES = ['source', 'viewer', 'operator', 'approver', 'admin'] as const;

/** A role: `source` sends alerts, `viewer` reads, `operator` starts and stops, `approver` decides, `admin` may do everything. */
export type Role = (typeof ROLES)[number];

/** What each role may do, itself included. */
const INCLUDES: { readonly [role in Role]: readonly Role[] } = {
  source: ['source'],
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  approver: ['viewer', 'operator', 'approver'],
  admin: ROLES,
};

/** Tells whether a word is the name of a role. */
export function isRole(word: string): word is Role {
  return ROLES.some((role) => role === word);
}

/** Tells whether somebody with these roles may do what needs that one. */
export function holds(roles: readonly Role[], needed: Role): boolean {
  return roles.some((role) => INCLUDES[role].includes(needed));
}

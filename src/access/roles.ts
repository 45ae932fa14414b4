/** What a token can be allowed; a role of another name counts in approvals only. */
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

/** Gives all roles under which somebody's approval counts: those of Firebreak with what they include, and all others as they are. */
export function approvalRolesOf(names: readonly string[]): string[] {
  const known: string[] = names.filter(isRole).flatMap((name) => INCLUDES[name]);
  return [...new Set([...known, ...names.filter((name) => !isRole(name))])];
}

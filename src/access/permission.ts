import { isRole, type Role } from './roles.js';

const READERS: readonly Role[] = ['viewer', 'operator', 'approver', 'admin'];
const OPERATORS: readonly Role[] = ['operator', 'approver', 'admin'];
const APPROVERS: readonly Role[] = ['approver', 'admin'];

/** Which roles may do what; docs/access.md shows the same table, and a test compares every cell. */
export const PERMITTED = {
  'send-alerts': ['source', 'admin'],
  read: READERS,
  simulate: OPERATORS,
  start: OPERATORS,
  cancel: OPERATORS,
  pause: OPERATORS,
  unpause: OPERATORS,
  'set-serving': OPERATORS,
  'end-storm': OPERATORS,
  reload: OPERATORS,
  'see-settings': OPERATORS,
  approve: APPROVERS,
  reject: APPROVERS,
  revert: APPROVERS,
  retry: APPROVERS,
  accept: APPROVERS,
  trust: APPROVERS,
  'report-drill': APPROVERS,
} as const satisfies { readonly [permission: string]: readonly Role[] };

/** One thing that somebody may be let do. */
export type Permission = keyof typeof PERMITTED;

/** Every permission there is. */
export const PERMISSIONS: readonly Permission[] = Object.keys(PERMITTED).filter(isPermission);

function isPermission(word: string): word is Permission {
  return Object.hasOwn(PERMITTED, word);
}

/** Tells whether a role includes a permission; a role of the organisation's own includes none. */
export function permits(role: string, permission: Permission): boolean {
  const permitted: readonly Role[] = PERMITTED[permission];
  return isRole(role) && permitted.includes(role);
}

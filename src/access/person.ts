import { everywhere, type RoleGrant } from './role-grant.js';
import { ROLES } from './roles.js';

/** Somebody who acts, as journals name them: one person is one name, by whatever account. */
export interface Person {
  readonly name: string;
  /** The account that was used; see `Identity`. */
  readonly account: string;
  readonly grants: readonly RoleGrant[];
}

/** Who everybody is while no credential is configured; the service then listens on a loopback address only. */
export const LOCAL: Person = { name: 'local', account: 'local', grants: everywhere(ROLES) };

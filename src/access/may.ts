import { FirebreakError } from '../core/errors.js';
import { permits, type Permission } from './permission.js';
import type { Person } from './person.js';
import { covers, type Subject } from './role-grant.js';
import { approvalRolesOf } from './roles.js';

/** Tells whether a person may do something, there; without a subject, whether there is anything that it may be done to. */
export function may({ grants }: Person, permission: Permission, on: Subject = {}): boolean {
  return grants.some((grant) => permits(grant.role, permission) && covers(grant, on));
}

/**
 * Lets a person go on who may do something there.
 *
 * @throws FirebreakError `forbidden`, saying who lacks what
 */
export function mustMay(person: Person, permission: Permission, on: Subject = {}): void {
  if (may(person, permission, on)) return;
  throw new FirebreakError('forbidden', `${person.name} has no role that allows this: ${permission}${sayWhere(on)}`);
}

function sayWhere({ runbook, target }: Subject): string {
  if (runbook === '*' && target === '*') return ' everywhere';
  const what = runbook === undefined ? '' : ` ${runbook === '*' ? 'by every runbook' : runbook}`;
  const where = target === undefined ? '' : ` on ${target === '*' ? 'every target' : target}`;
  return `${what}${where}`;
}

/** Gives the roles under which a person's approval counts there: those of Firebreak with what they include, and all others as they are. */
export function rolesOn({ grants }: Person, on: Subject = {}): string[] {
  return approvalRolesOf(grants.filter((grant) => covers(grant, on)).map(({ role }) => role));
}

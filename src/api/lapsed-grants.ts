import type { Person } from '../access/person.js';
import { holds } from '../access/roles.js';
import type { Execution } from '../core/execution.js';

/**
 * Names those who have agreed and may not any more: they are no approvers now, or have lost a role that their agreement
 * counted for.
 *
 * @param execution as it stands
 * @param named gives what a person may do now
 */
export function lapsedGrants({ state, orders }: Execution, named: (name: string) => Person | undefined): string[] {
  if (state.phase !== 'awaiting-approval') return [];
  const { roles: wanted = [] } = orders.approval;
  return state.grants.flatMap(({ by, roles = [] }) => {
    const now = named(by);
    const mayApprove = now !== undefined && holds(now.roles, 'approver');
    const countedFor = roles.filter((role) => wanted.includes(role));
    return mayApprove && countedFor.every((role) => now.approvalRoles.includes(role)) ? [] : [by];
  });
}

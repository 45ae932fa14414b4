import type { Person } from '../access/person.js';
import { may, rolesOn } from '../access/may.js';
import type { Execution } from '../core/execution.js';

/**
 * Names those who have agreed and may not any more: they are no approvers now, or have lost a role that their agreement
 * counted for.
 *
 * @param execution as it stands
 * @param named gives what a person may do now
 */
export async function lapsedGrants(
  { state, orders, runbook, target }: Execution,
  named: (name: string) => Promise<Person | undefined>,
): Promise<string[]> {
  if (state.phase !== 'awaiting-approval') return [];
  const { roles: wanted = [] } = orders.approval;
  const lapsed: string[] = [];
  for (const { by, roles = [] } of state.grants) {
    const now = await named(by);
    const held =
      now !== undefined && may(now, 'approve', { runbook, target }) ? rolesOn(now, { runbook, target }) : undefined;
    const countedFor = roles.filter((role) => wanted.includes(role));
    if (held === undefined || countedFor.some((role) => !held.includes(role))) lapsed.push(by);
  }
  return lapsed;
}

import { may, rolesOn } from '../access/may.js';
import type { People } from '../access/people.js';
import type { Person } from '../access/person.js';
import type { Execution, Grant } from '../core/execution.js';

/** Knows whom an account belongs to now. */
type Knows = Pick<People, 'now'>;

/** Tells whether somebody is the person who asked for an execution, by whatever account, as accounts are linked now. */
export async function isOwnRequest(
  { state, requestedBy, requestedAccount }: Execution,
  { name }: Person,
  people: Knows,
): Promise<boolean> {
  if (state.phase !== 'awaiting-approval') return false;
  return name === (await people.now(requestedBy, requestedAccount))?.name;
}

/**
 * Names those who have agreed and whose agreement does not count beside this one: they are no approvers now, have lost a role
 * that it counted for, or turn out to be a person who has a say already, since accounts were linked in the meantime.
 *
 * @param execution as it stands
 * @param person who agrees now
 * @param people who they are now, and what they may do
 */
export async function lapsedGrants(execution: Execution, { name }: Person, people: Knows): Promise<string[]> {
  const { state, requestedBy, requestedAccount } = execution;
  if (state.phase !== 'awaiting-approval') return [];
  const requester = (await people.now(requestedBy, requestedAccount))?.name;
  const heard = new Set(requester === undefined ? [] : [requester]);
  const lapsed: string[] = [];
  for (const grant of state.grants) {
    const now = await people.now(grant.by, grant.account);
    // who agrees a second time under the same name is told so
    const again = now?.name === name && grant.by !== name;
    if (now === undefined || again || heard.has(now.name) || !stillCounts(grant, now, execution)) lapsed.push(grant.by);
    else heard.add(now.name);
  }
  return lapsed;
}

function stillCounts({ roles = [] }: Grant, now: Person, { orders, runbook, target }: Execution): boolean {
  const on = { runbook, target };
  const { roles: wanted = [] } = orders.approval;
  const held = rolesOn(now, on);
  return may(now, 'approve', on) && roles.every((role) => !wanted.includes(role) || held.includes(role));
}

import type { Instant } from './alert.js';
import { become, close, refuse, wrongPhase, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Execution, Grant } from './execution.js';
import type { StepPlan } from './step-plan.js';
import { quorum } from './quorum.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** A plan as it is put before people. */
interface Question {
  readonly plan: readonly StepPlan[];
  readonly digest: string;
  /** What is different from the plan that was agreed to; empty when nobody was asked before. */
  readonly changed: readonly string[];
}

/** Asks people, from the beginning: what anybody agreed to before was another plan. */
export function ask(execution: Execution, { plan, digest, changed }: Question, at: Instant): Evolved {
  const expiresAt = at + execution.orders.approval.withinMs;
  const why = changed.length === 0 ? {} : { changed };
  return become(execution, { phase: 'awaiting-approval', plan, digest, grants: [], expiresAt, ...why });
}

/** A person agreed to the plan with this digest; when enough did, the plan is made again before anything is changed. */
export function approved(execution: Execution, event: Of<'approved'>, at: Instant): Evolved {
  const { state, orders } = execution;
  if (state.phase !== 'awaiting-approval') return wrongPhase(execution, 'an approval');
  if (at >= state.expiresAt) return refuse('expired', 'the time for approval is over');
  if (event.digest !== state.digest)
    return refuse('plan-changed', 'the digest belongs to another plan than the present one');
  const { lapsed = [] } = event;
  const earlier = state.grants.filter((one) => !lapsed.includes(one.by));
  if (isSame(event, { by: execution.requestedBy, account: execution.requestedAccount }))
    return refuse('own-request', 'whoever asked for it cannot approve it');
  if (earlier.some((grant) => isSame(event, grant))) return refuse('already', `${event.by} has approved already`);
  if (state.agreed !== undefined) return refuse('not-in-phase', 'enough people have agreed already');
  const { by, account, digest, roles = [], reason } = event;
  const why = reason === undefined ? {} : { reason };
  const grant: Grant = { by, ...(account === undefined ? {} : { account }), digest, at, roles, ...why };
  const grants = [...earlier, grant];
  const need = { required: orders.approval.required, roles: orders.approval.roles ?? [] };
  const votes = grants.map((one) => ({ person: one.by, roles: one.roles ?? [] }));
  if (!quorum(need, votes).enough) return become(execution, { ...state, grants });
  return become(execution, { ...state, grants, agreed: { attempt: 0, notBefore: at } });
}

interface Somebody {
  readonly by: string;
  readonly account?: string | undefined;
}

/** One person is one name; and one account is one person, also when it was called otherwise in the meantime. */
function isSame(a: Somebody, b: Somebody): boolean {
  return a.by === b.by || (a.account !== undefined && a.account === b.account);
}

/** A person said no. */
export function rejected(execution: Execution, event: Of<'rejected'>, at: Instant): Evolved {
  if (execution.state.phase !== 'awaiting-approval') return wrongPhase(execution, 'a rejection');
  return close(execution, 'rejected', `rejected by ${event.by}: ${event.reason}`, at);
}

/** Nobody decided in time, or the plan that people agreed to could not be made again in time. */
export function approvalExpired(execution: Execution, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase !== 'awaiting-approval') return wrongPhase(execution, 'the end of the approval time');
  if (at < state.expiresAt) return refuse('not-in-phase', 'there is still time to approve');
  const why = state.agreed === undefined ? 'nobody approved in time' : 'approved, but not planned again in time';
  return close(execution, 'expired', `${why}; nothing was touched`, at);
}

import type { Instant } from './alert.js';
import { startApplying } from './evolve-applying.js';
import { become, close, refuse, wrongPhase, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Execution, Grant } from './execution.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** A plan was made: ask a person, or begin, or leave it at the plan. */
export function planned(execution: Execution, event: Of<'planned'>, at: Instant): Evolved {
  if (execution.state.phase !== 'planning') return wrongPhase(execution, 'a plan');
  const { plan, digest } = event;
  if (execution.dryRun || execution.mode === 'observe') {
    const detail = execution.dryRun
      ? 'dry run: planned, nothing was changed'
      : 'observed: this is what would have been done';
    return close(execution, 'dry-run', detail, at, plan);
  }
  if (execution.mode === 'auto') return startApplying(execution, plan, at);
  const expiresAt = at + execution.orders.approval.withinMs;
  return become(execution, { phase: 'awaiting-approval', plan, digest, grants: [], expiresAt });
}

/** The target is already as it should be. */
export function notNeeded(execution: Execution, event: Of<'not-needed'>, at: Instant): Evolved {
  if (execution.state.phase !== 'planning') return wrongPhase(execution, '"not needed"');
  return close(execution, 'not-needed', event.detail, at);
}

/** No plan could be made; nothing was touched. */
export function planFailed(execution: Execution, event: Of<'plan-failed'>, at: Instant): Evolved {
  const { state, orders } = execution;
  if (state.phase !== 'planning') return wrongPhase(execution, 'a failed plan');
  const attempts = Math.max(1, ...orders.steps.map((step) => step.attempts));
  const attempt = state.attempt + 1;
  if (!event.again || attempt >= attempts)
    return close(execution, 'failed', `no plan, nothing was touched: ${event.detail}`, at);
  const backoffMs = Math.max(0, ...orders.steps.map((step) => step.backoffMs));
  return become(execution, { phase: 'planning', attempt, notBefore: at + backoffMs * 2 ** (attempt - 1) });
}

/** A person agreed to the plan with this digest. */
export function approved(execution: Execution, event: Of<'approved'>, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase !== 'awaiting-approval') return wrongPhase(execution, 'an approval');
  if (at >= state.expiresAt) return refuse('expired', 'the time for approval is over');
  if (event.digest !== state.digest)
    return refuse('plan-changed', 'the digest belongs to another plan than the present one');
  if (event.by === execution.requestedBy) return refuse('own-request', 'whoever asked for it cannot approve it');
  if (state.grants.some((grant) => grant.by === event.by)) return refuse('already', `${event.by} has approved already`);
  const grant: Grant = {
    by: event.by,
    digest: event.digest,
    at,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  };
  const grants = [...state.grants, grant];
  if (grants.length < execution.orders.approval.required) return become(execution, { ...state, grants });
  return startApplying(execution, state.plan, at);
}

/** A person said no. */
export function rejected(execution: Execution, event: Of<'rejected'>, at: Instant): Evolved {
  if (execution.state.phase !== 'awaiting-approval') return wrongPhase(execution, 'a rejection');
  return close(execution, 'rejected', `rejected by ${event.by}: ${event.reason}`, at);
}

/** Nobody decided in time. */
export function approvalExpired(execution: Execution, at: Instant): Evolved {
  const { state } = execution;
  if (state.phase !== 'awaiting-approval') return wrongPhase(execution, 'the end of the approval time');
  if (at < state.expiresAt) return refuse('not-in-phase', 'there is still time to approve');
  return close(execution, 'expired', 'nobody approved in time; nothing was touched', at);
}

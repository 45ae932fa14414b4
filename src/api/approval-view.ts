import type { Execution, Grant } from '../core/execution.js';
import { asksOf } from '../core/lowered.js';
import { quorum } from '../core/quorum.js';
import { iso } from './instants.js';

/** Who has agreed to the plan, and what is missing still. */
export function approvalView({ mode, orders, state }: Execution, grants: readonly Grant[]) {
  const { required, roles = [] } = orders.approval;
  const shown = { grants: grants.map((grant) => ({ ...grant, at: iso(grant.at) })) };
  if (mode !== 'approve') return { required: 0, ...shown };
  const need = { required: Math.max(required, roles.length), ...(roles.length === 0 ? {} : { roles }), ...shown };
  if (state.phase !== 'awaiting-approval') return need;
  const asks = asksOf(state.plan);
  const reached = quorum(
    { required, roles },
    grants.map((grant) => ({ person: grant.by, roles: grant.roles ?? [] })),
  );
  return {
    // what must be decided comes first
    ...(asks.length === 0 ? {} : { asks }),
    ...need,
    ...(reached.enough ? {} : { missing: reached.missing }),
    // enough people agree, and the plan is being made again before anything is changed
    agreed: state.agreed !== undefined,
    expiresAt: iso(state.expiresAt),
  };
}

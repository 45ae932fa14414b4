import { alertName } from '../core/alert.js';
import type { Execution } from '../core/execution.js';
import { iso, isoAll } from './instants.js';

/** A lease as JSON; moments that are not known are left out. */
export interface LeaseView {
  readonly until: string;
  readonly since?: string;
  /** While its alert fires. */
  readonly extendableUntil?: string;
  /** The alert is over since then. */
  readonly clearSince?: string;
  /** Why the change was made. */
  readonly reason: string;
}

/** How long what is in force stays so, or nothing when it is under no lease. */
export function leaseView(execution: Execution): LeaseView | undefined {
  const { state, orders, alert } = execution;
  if (state.phase !== 'holding') return undefined;
  const { leaseUntil: until, since, clearSince } = state;
  // without an alert nothing can still fire
  const longest = alert === undefined || since === undefined ? undefined : orders.leaseMaxMs;
  const extendableUntil = longest === undefined || since === undefined ? undefined : since + longest;
  return { until: iso(until), ...isoAll({ since, extendableUntil, clearSince }), reason: whyInForce(execution) };
}

function whyInForce({ reason, alert, requestedBy }: Execution): string {
  if (reason !== undefined) return reason;
  return alert === undefined ? `started by ${requestedBy}` : `alert ${alertName(alert)}`;
}

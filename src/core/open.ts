import type { Alert, Instant } from './alert.js';
import type { Execution, RequestedWith, Trigger } from './execution.js';
import type { Orders } from './orders.js';
import type { Origin } from './origin.js';
import type { Runbook } from './runbook.js';

/** What is known when an execution is opened. */
export interface Opening {
  readonly id: string;
  readonly runbook: Runbook;
  readonly target: string;
  readonly orders: Orders;
  readonly trigger: Trigger;
  readonly alert?: Alert;
  readonly requestedBy: string;
  /** The account of the person who asked for it. */
  readonly requestedAccount?: string;
  /** By which account it was asked for, and from where. */
  readonly requestedFrom?: string;
  readonly reason?: string;
  readonly requestedWith?: RequestedWith;
  /** The request and the trace that it begins with. */
  readonly origin?: Origin;
  readonly dryRun: boolean;
  readonly receivedAt: Instant;
}

/** Gives a new execution as the journal's first entry holds it. */
export function openExecution(opening: Opening, now: Instant): Execution {
  const { id, runbook, target, orders, trigger, alert, requestedBy, reason, dryRun, receivedAt } = opening;
  const { requestedAccount, requestedFrom, requestedWith, origin } = opening;
  const startsAt = alert === undefined ? {} : { startsAt: alert.startsAt };
  return {
    id,
    runbook: runbook.name,
    runbookVersion: runbook.version,
    mode: runbook.mode,
    dryRun,
    trigger,
    target,
    ...(alert === undefined ? {} : { alert }),
    requestedBy,
    ...(requestedFrom === undefined ? {} : { requestedFrom }),
    ...(requestedAccount === undefined ? {} : { requestedAccount }),
    ...(reason === undefined ? {} : { reason }),
    ...(requestedWith === undefined ? {} : { requestedWith }),
    ...(origin === undefined ? {} : { origin }),
    orders,
    state: { phase: 'planning', attempt: 0, notBefore: now },
    steps: orders.steps.map(({ name, uses }) => ({ name, uses, state: 'waiting', attempts: 0 })),
    samples: [],
    epoch: 0,
    timeline: { ...startsAt, receivedAt, openedAt: now },
  };
}

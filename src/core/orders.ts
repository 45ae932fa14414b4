import type { Choice } from './affinity.js';
import type { Claim } from './claim.js';
import type { Json } from './json.js';
import type { ApprovalRule, VerifyLimits } from './runbook.js';
import type { Windows } from './window.js';

/** One step as it was rendered for this execution; later edits of the runbook don't reach it. */
export interface StepOrder {
  readonly name: string;
  readonly uses: string;
  readonly with: Json;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
  /** What must prove healthy before the next step is begun. */
  readonly verify?: VerifyOrder;
}

/** A probe with its limits, and what must not get worse meanwhile. */
export interface VerifyOrder extends ProbeOrder {
  readonly limits: VerifyLimits;
  readonly guards?: readonly GuardOrder[];
}

/** Everything that was decided when the execution was opened and does not change any more. */
export interface Orders {
  readonly steps: readonly StepOrder[];
  readonly verify?: VerifyOrder;
  /** How the centre that takes over was chosen. */
  readonly choice?: Choice;
  /** Must all be healthy whenever a plan is made. */
  readonly require?: readonly ProbeOrder[];
  readonly windows?: Windows;
  /** What is claimed once more, right before the first effect. */
  readonly claims?: readonly Claim[];
  /** Several automatic fixes of the same alert within this time, and a person is asked. */
  readonly recurrence?: { readonly limit: number; readonly perMs: number };
  readonly leaseMaxMs?: number;
  readonly escalate?: string;
  readonly approval: ApprovalRule;
  readonly onUnhealthy: 'revert' | 'hold';
  readonly onResolved: 'keep' | 'revert';
  readonly clearForMs: number;
  readonly leaseMs?: number;
  readonly notify: readonly string[];
}

/** A probe with its parameters filled in. */
export interface ProbeOrder {
  readonly probe: string;
  readonly with: Json;
}

/** A metric that must not get worse. */
export interface GuardOrder extends ProbeOrder {
  readonly name: string;
}

/** Gives what judges a step before the next one is begun, or without a step the result of all; undefined when nothing does. */
export function verifyOrder(orders: Orders, step: number | undefined): VerifyOrder | undefined {
  return step === undefined ? orders.verify : orders.steps[step]?.verify;
}

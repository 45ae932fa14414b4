import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { StepOrder } from './orders.js';
import type { StepPlan } from './step-plan.js';
import { canonicalJson, type Json } from './json.js';

/** SHA-256 of a text, in lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/**
 * Gives the digest that an approval is bound to. It covers what will change, with which parameters, on which target and
 * by which version of which plugin, and which steps ask for a person; whatever of these changes later needs a new approval.
 */
export function planDigest(target: string, orders: readonly StepOrder[], plan: readonly StepPlan[]): string {
  const steps = plan.map((step, i): Json => ({
    step: step.step,
    uses: step.uses,
    pluginVersion: step.pluginVersion,
    with: orders[i]?.with ?? null,
    changes: step.changes.map((change): Json => ({ ...change })),
    before: step.before,
    reversible: step.reversible,
    // that it asks, not in which words: what may be lost stands in the changes
    ...(step.asks === undefined ? {} : { asks: true }),
  }));
  return sha256Hex(canonicalJson({ target, steps }));
}

/** Gives the idempotency key of one step in one direction: equal for every attempt, different for everything else. */
export function effectKey(executionId: string, step: string, direction: 'apply' | 'revert'): string {
  return sha256Hex(canonicalJson([executionId, step, direction])).slice(0, 32);
}

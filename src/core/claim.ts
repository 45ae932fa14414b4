import type { Instant } from './alert.js';
import type { ServingRule } from './governor.js';
import type { Mode } from './runbook.js';

/**
 * A guard that needs shared state. It is not read first and acted on later: the store checks it *and* takes it in the
 * same atomic script that creates the execution, or that saves its first intent.
 */
export type Claim =
  /** This runbook has not answered this episode of the alert yet. */
  | { readonly kind: 'episode'; readonly fingerprint: string; readonly runbook: string; readonly startsAt: Instant }
  /** Nobody else holds the target. */
  | { readonly kind: 'exclusive'; readonly target: string }
  /**
   * Long enough since anything was opened or begun on the target, but for what these executions did. It is remembered for
   * thirty days, or for `ms` when that is longer.
   */
  | { readonly kind: 'interval'; readonly target: string; readonly ms: number; readonly except?: readonly string[] }
  /**
   * Fewer than `limit` are open or were begun within the window. An execution that closes untouched (rejected, expired, not
   * needed, blocked) counts until the window since its opening is over: asking too often is also too often.
   */
  | {
      readonly kind: 'budget';
      readonly guard: BudgetGuard;
      readonly key: string;
      readonly limit: number;
      readonly windowMs: number;
    }
  /** Nobody pulled the kill switch for any of these scopes. */
  | { readonly kind: 'unpaused'; readonly scopes: readonly string[] }
  /**
   * Not too many targets are in trouble at once; checking it counts the target, also when a later claim refuses it. While
   * the storm goes on each hit puts its end off.
   */
  | {
      readonly kind: 'storm';
      readonly key: string;
      readonly target: string;
      /** More than this many distinct targets are a storm. */
      readonly most: number;
      readonly windowMs: number;
      readonly calmMs: number;
    }
  /** No storm has broken loose since. */
  | { readonly kind: 'calm'; readonly key: string }
  /** The alert has not come back again and again after it was answered; a refusal freezes the target. */
  | {
      readonly kind: 'refires';
      readonly target: string;
      readonly fingerprint: string;
      readonly limit: number;
      readonly windowMs: number;
    }
  /** Nobody has just made the opposite change to the target; a refusal freezes it. */
  | {
      readonly kind: 'opposite';
      readonly target: string;
      /** Hashes of what is done, and of what would undo it. */
      readonly does: readonly string[];
      readonly undoes: readonly string[];
      readonly windowMs: number;
      /** False when a person has agreed: then it is only remembered. */
      readonly refuse: boolean;
    }
  /** None of the plugins that must be at rest meanwhile is at work; with `look` it is only checked. */
  | {
      readonly kind: 'compatible';
      readonly plugins: readonly string[];
      readonly opponents: readonly string[];
      readonly look: boolean;
    }
  /**
   * The topology's assertions hold with this centre out of service; with `look` it is only checked. Several executions may
   * take one centre out: it is back when none of them has it out any more.
   */
  | {
      readonly kind: 'serving';
      readonly out: string;
      readonly in?: string;
      /** What is brought in was chosen because it serves: nobody else may have it out of service. */
      readonly serves?: true;
      /** Executions whose moves are no reason to wait: the next rung of the same ladder. */
      readonly except?: readonly string[];
      readonly rules: readonly ServingRule[];
      readonly look: boolean;
    }
  /** The runbook is still trusted to go this far. */
  | { readonly kind: 'trusted'; readonly runbook: string; readonly mode: Mode };

/** Which guard a budget belongs to. */
export type BudgetGuard = 'rate' | 'blast-radius' | 'change-budget';

/** Why an alert was not acted on; each reason is explained in docs/operations.md. */
export type Suppression =
  | 'no-runbook'
  | 'too-old'
  | 'outside-window'
  | 'template-missing'
  | 'no-target'
  | 'stale'
  | 'duplicate'
  | 'paused'
  | 'storm'
  | 'loop'
  | 'target-busy'
  | 'cooldown'
  | BudgetGuard
  | 'conflict'
  | 'capacity';

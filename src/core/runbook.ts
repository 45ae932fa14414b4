import type { Instant } from './alert.js';
import type { Json } from './json.js';
import type { Matcher } from './matcher.js';
import type { Template } from './template.js';

/** How far a runbook may go by itself: only look, ask a person first, or act. */
export type Mode = 'observe' | 'approve' | 'auto';

/** One answer to one kind of alert, as loaded from `runbooks/<name>.yaml`. */
export interface Runbook {
  readonly name: string;
  /** First 12 hexadecimal digits of the SHA-256 of the file it came from. */
  readonly version: string;
  readonly title: string;
  readonly owner: string;
  readonly match: readonly Matcher[];
  readonly target: Template<string>;
  readonly params: { readonly [name: string]: Json };
  readonly mode: Mode;
  /** Among the runbooks that match one alert the highest priority comes first. */
  readonly priority: number;
  readonly approval: ApprovalRule;
  readonly guards: Guards;
  readonly steps: readonly StepSpec[];
  readonly verify?: VerifySpec;
  readonly onUnhealthy: 'revert' | 'hold';
  readonly onResolved: 'keep' | 'revert';
  readonly clearForMs: number;
  readonly leaseMs?: number;
  readonly notify: readonly string[];
}

/** Who must agree before anything is changed, and for how long the question stands. */
export interface ApprovalRule {
  readonly required: number;
  readonly withinMs: number;
}

/** The brakes of one runbook; each becomes a claim or a reason not to run. */
export interface Guards {
  readonly cooldownMs: number;
  readonly maxAlertAgeMs: number;
  readonly rate?: { readonly limit: number; readonly perMs: number };
  readonly blastRadius?: { readonly by: string; readonly limit: number; readonly perMs: number };
}

/** One step of a runbook: which action, with what, and how patient to be with it. */
export interface StepSpec {
  readonly name: string;
  /** `<plugin>/<action>`. */
  readonly uses: string;
  readonly with: Template<Json>;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
}

/** How the result is judged: a probe, asked again and again until one of the limits is reached. */
export interface VerifySpec {
  readonly probe: string;
  readonly with: Template<Json>;
  readonly limits: VerifyLimits;
}

/** After how many samples in a row of one kind the verdict stands, and when the asking ends. */
export interface VerifyLimits {
  readonly everyMs: number;
  readonly healthy: number;
  readonly unhealthy: number;
  readonly unknown: number;
  readonly withinMs: number;
}

/** One answer of a probe; `unknown` is an answer of its own and never counts as good news. */
export interface Sample {
  readonly at: Instant;
  readonly status: 'healthy' | 'unhealthy' | 'unknown';
  readonly value?: number;
  readonly detail: string;
}

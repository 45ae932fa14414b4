import type { Instant } from './alert.js';
import type { Json } from './json.js';
import type { Matcher } from './matcher.js';
import type { Template } from './template.js';
import type { Windows } from './window.js';

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
  /** While the alert fires the lease is extended, together to at most this. */
  readonly leaseMaxMs?: number;
  /** Name of the runbook that is opened for the same alert when this one did not help. */
  readonly escalate?: string;
  /** For which centre another one is chosen that takes over; among those of a service, or all. */
  readonly chooseCenter?: { readonly insteadOf: Template<string>; readonly service?: Template<string> };
  /** Which centre an execution takes out of service, and which it brings in: held against the topology's assertions. */
  readonly serving?: { readonly out: Template<string>; readonly in?: Template<string> };
  readonly notify: readonly string[];
  readonly objective?: Objective;
}

/** What is wanted of a recovery by a runbook. */
export interface Objective {
  /** From the start of the alert to the healthy verdict, in milliseconds. */
  readonly recoveryMs?: number;
  /** How far back acknowledged writes may be missing afterwards, in milliseconds. */
  readonly dataLossMs?: number;
}

/** Who must agree before anything is changed, and for how long the question stands. */
export interface ApprovalRule {
  readonly required: number;
  readonly withinMs: number;
  /** Each of these must be held by a person of its own among those who agree; empty means that any approver counts. */
  readonly roles?: readonly string[];
  /** What happens when nobody decides in time; the default is `close`. */
  readonly onExpiry?: 'close' | 'escalate';
}

/** The brakes of one runbook; each becomes a claim or a reason not to run. */
export interface Guards {
  readonly cooldownMs: number;
  readonly maxAlertAgeMs: number;
  readonly rate?: { readonly limit: number; readonly perMs: number };
  readonly blastRadius?: BlastRadius;
  readonly storm?: StormRule;
  readonly windows?: Windows;
  readonly require: readonly ProbeSpec[];
  /** After so many automatic fixes of one alert a person is asked and told of a problem. */
  readonly recurrence?: { readonly limit: number; readonly perMs: number };
}

/** How much of a group may be worked on within a time: a number, a share of a group that the topology knows, or both. */
export interface BlastRadius {
  readonly by: string;
  readonly limit?: number;
  readonly percent?: number;
  readonly perMs: number;
}

/** When troubles are too many to repair one by one. */
export interface StormRule {
  /** More distinct targets than this within `perMs` are a storm ... */
  readonly distinctTargets: number;
  readonly perMs: number;
  /** ... and so is more than this share, in percent, of a group that the topology knows. */
  readonly percent: number;
  /** The label that names the group; without it only the number counts, over all targets of the runbook. */
  readonly by?: string;
  /** It ends when no further target was hit for so long. */
  readonly calmMs: number;
  /** Name of the runbook that is proposed for the whole group. */
  readonly propose?: string;
}

/** A probe and its parameters. */
export interface ProbeSpec {
  readonly probe: string;
  readonly with: Template<Json>;
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
  /** What must prove healthy before the next step is begun. */
  readonly verify?: VerifySpec;
}

/** How the result is judged: a probe, asked again and again until one of the limits is reached. */
export interface VerifySpec extends ProbeSpec {
  readonly limits: VerifyLimits;
  /** What must not get worse meanwhile. */
  readonly guards: readonly (ProbeSpec & { readonly name: string })[];
}

/** After how many samples in a row of one kind the verdict stands, and when the asking ends. */
export interface VerifyLimits {
  readonly everyMs: number;
  readonly healthy: number;
  readonly unhealthy: number;
  readonly unknown: number;
  /** The probe could not be asked at all; the default is that of `unknown`. */
  readonly error?: number;
  /** So many samples in a row in which a guard metric is bad that was not bad before: the change does harm. */
  readonly worse?: number;
  readonly withinMs: number;
}

/** One answer of a probe; `unknown` (no data) and `error` (could not be asked) never count as good news. */
export interface Sample {
  readonly at: Instant;
  readonly status: 'healthy' | 'unhealthy' | 'unknown' | 'error';
  readonly value?: number;
  readonly detail: string;
  /** The guard metrics at the same time, in the order of the runbook. */
  readonly guards?: readonly GuardSample[];
}

/** One answer about a metric that must not get worse. */
export interface GuardSample extends Omit<Sample, 'guards'> {
  readonly name: string;
  /** In a baseline: the name of the step whose verification it belongs to; absent for that of the result. */
  readonly step?: string;
}

import type { Instant } from '../core/alert.js';
import type { DrillResult } from '../core/drill-result.js';
import type { Execution, Phase } from '../core/execution.js';
import type { Mode } from '../core/runbook.js';
import type { Instruments } from './instruments.js';

/** What a standing probe says, for one centre or for none. */
export interface ProbeFigures {
  readonly probe: string;
  readonly center?: string;
  readonly last: {
    readonly status: 'healthy' | 'unhealthy' | 'unknown' | 'error';
    readonly value?: number;
    readonly values?: { readonly [name: string]: number };
  };
  /** When it last said healthy or unhealthy. */
  readonly told?: { readonly at: Instant };
}

/** How a centre stands. */
export interface CenterFigures {
  readonly center: string;
  readonly inService: boolean;
  /** Whether users are sent there, as far as it is known. */
  readonly carries: boolean;
  /** When it took over last, and that went well. */
  readonly provenAt?: Instant;
}

/** A centre as the topology describes it. */
export interface CenterFacts {
  readonly center: string;
  readonly region: string;
  readonly vendor: string;
  readonly role: string;
}

/** What is usual at a centre: a number by name. */
export interface BaselineFacts {
  readonly center: string;
  readonly baseline: string;
  readonly value: number;
}

/** A centre in which a service can run. */
export interface ServiceFacts {
  readonly service: string;
  readonly center: string;
  readonly isHome: boolean;
}

/** What the topology says. */
export interface TopologyFacts {
  readonly centers: readonly CenterFacts[];
  readonly links: readonly Link[];
  readonly services: readonly ServiceFacts[];
  readonly baselines: readonly BaselineFacts[];
}

/** How far apart two centres are, as the topology says. */
export interface Link {
  readonly between: readonly [string, string];
  readonly latencyMs: number;
}

/** A runbook as its file describes it. */
export interface RunbookFacts {
  readonly runbook: string;
  readonly mode: Mode;
  readonly owner: string;
  /** How long a recovery by it may take, and how far back writes may be missing after it. */
  readonly objective?: { readonly recoveryMs?: number; readonly dataLossMs?: number };
}

/** Some executions, and how many there are of their kind. */
export interface Some {
  readonly items: readonly Execution[];
  readonly total: number;
}

/** The executions that somebody may want to see or do something about. */
export interface PresentExecutions {
  readonly awaitingApproval: Some;
  /** All that are not closed. */
  readonly running: Some;
  /** Those of which something can be taken back, closed ones too. */
  readonly revertible: Some;
}

/** What is asked of the other parts whenever somebody scrapes. */
export interface Gauges {
  readonly openByPhase: () => Promise<ReadonlyMap<Phase, number>>;
  /** At most so many of each kind. */
  readonly present: (most: number) => Promise<PresentExecutions>;
  readonly oldestDueSeconds: () => Promise<number>;
  readonly canarySeconds: () => Promise<number | undefined>;
  readonly queueJobs: () => Promise<{ readonly [state: string]: number }>;
  readonly pausesByScope: () => Promise<readonly string[]>;
  readonly permitAgeSeconds: () => number;
  readonly storms: () => Promise<number>;
  /** Messages that are not delivered, by notifier, with the age of the one that waits longest, in seconds. */
  readonly messages: () => Promise<
    readonly { readonly notifier: string; readonly count: number; readonly oldestSeconds: number }[]
  >;
  /** Runbooks that may go less far than they say. */
  readonly capped: () => Promise<readonly { readonly runbook: string; readonly to: Mode }[]>;
  /** How far back writes may be missing after the last change of a runbook, in seconds, at most. */
  readonly recoveryPoints: () => Promise<ReadonlyMap<string, number>>;
  /** The runbooks in force. */
  readonly runbooks: () => readonly RunbookFacts[];
  /** The centres of the topology. */
  readonly centers: () => Promise<readonly CenterFigures[]>;
  readonly topology: () => TopologyFacts;
  readonly probes: () => readonly ProbeFigures[];
  /** The last run of each drill. */
  readonly drills: () => Promise<readonly DrillResult[]>;
  readonly configAgeSeconds: () => number;
  /** Plugins that run in processes of their own. */
  readonly children: () => readonly { readonly plugin: string; readonly up: boolean }[];
}

/** Facts that do not change while the service runs. */
export interface Build {
  readonly version: string;
  readonly plugins: readonly { readonly id: string; readonly version: string }[];
  /** Where people find the console. */
  readonly publicUrl: string;
}

/** What gauges are made with. */
export interface GaugeMaker {
  readonly make: Instruments;
  /** So many things does one gauge name. */
  readonly most: number;
}

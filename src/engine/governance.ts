import type { Instant } from '../core/alert.js';
import type { DrillResult } from '../core/drill-result.js';
import type { Execution, Lowered } from '../core/execution.js';
import type { Mode } from '../core/runbook.js';
import type { Figure } from '../core/scorecard.js';
import type { DataLoss } from '../core/step-plan.js';
import type { CenterMove } from '../core/serving-rule.js';
import type { Doer } from './audit.js';

/** How far a runbook is still trusted to go, and since when. */
export interface Trust {
  readonly to: Mode;
  readonly why: Lowered['why'];
  readonly executionId: string;
  readonly at: Instant;
}

/** What bears on how far an execution may go. */
export interface Standing {
  readonly trust?: Trust;
  /** Automatic fixes of its alert by its runbook within the time that its orders name. */
  readonly fixes: readonly string[];
}

/** Figures of one runbook, kept from its first execution. */
export interface Scorecard {
  readonly counts: { readonly [figure in Figure]: number };
  /** Median of the last 200 recoveries: from the start of the alert to the verdict, in milliseconds. */
  readonly medianRecoveryMs?: number;
  readonly failuresInARow: number;
  readonly trust?: Trust;
}

/** Too many targets in trouble at once: repairing them one by one has stopped. */
export interface Storm {
  /** `<runbook>|<label>=<value>`, or `<runbook>|` for all targets. */
  readonly key: string;
  readonly since: Instant;
  /** When it ends if no further target is hit. */
  readonly calmAt: Instant;
  /** What was hit, oldest first; of very many only the first that were. */
  readonly targets: readonly { readonly target: string; readonly at: Instant }[];
  /** The execution that was not opened when the storm broke loose: its alert and its runbook. */
  readonly first?: Execution;
  /** What was proposed for the whole group, or why nothing was. */
  readonly proposal?: { readonly executionId?: string; readonly detail: string };
}

/** A centre that Firebreak has taken out of service, or that a person has. */
export interface OutOfService {
  readonly center: string;
  /** The execution, or `person:<name>`. */
  readonly by: string;
}

/** What is remembered of a centre. */
export interface CenterRecord {
  readonly center: string;
  /** When it was taken out of service or brought in last; absent when nobody ever did. */
  readonly moved?: CenterMove;
  /** When it took over last, and that went well. */
  readonly provenAt?: Instant;
}

/** The part of the store that is about limits: trust, storms and centres; and about drills. Every method is one atomic step. */
export interface Governance {
  standing(execution: Execution): Promise<Standing>;
  scorecard(runbook: string): Promise<Scorecard>;
  /** A person trusts a runbook again; false when it had all the trust there is, and then nothing is changed. */
  restoreTrust(runbook: string, doer: Doer): Promise<boolean>;
  /** How far back acknowledged writes may be missing after the last change in force of each runbook that says so. */
  recoveryPoints(): Promise<ReadonlyMap<string, DataLoss>>;
  /** The storms that go on, the one that is calm next first; of very many only the first hundred. */
  storms(): Promise<readonly Storm[]>;
  /** Notes what was proposed for a storm; false when that was done already. */
  noteProposal(key: string, proposal: NonNullable<Storm['proposal']>): Promise<boolean>;
  /** A person ends a storm early; false when none goes on. */
  endStorm(key: string, doer: Doer): Promise<boolean>;
  /** By centre; one that several have taken out stands there once for each of them. */
  outOfService(): Promise<readonly OutOfService[]>;
  /** What is remembered of the centres, by their id. */
  centerRecords(): Promise<readonly CenterRecord[]>;
  /** A person says that a centre is out of service, or back, whoever took it out. */
  setServing(center: string, serving: boolean, doer: Doer): Promise<void>;
  /** Writes down that a person wants the catalogue read again, of which the store knows nothing else. */
  noteReload(acceptLoss: boolean, doer: Doer): Promise<void>;
  /** Writes down that somebody logged in by an account that is there for emergencies. */
  noteLogin(account: string, doer: Doer): Promise<void>;
  /** Keeps how a drill ended; false when this run is kept already, or is older than all that are. */
  noteDrill(result: DrillResult, doer: Doer): Promise<boolean>;
  /** The last run of each drill, the newest first. */
  lastDrills(): Promise<readonly DrillResult[]>;
  /** What is kept of one drill, the newest run first. */
  drillRuns(drill: string): Promise<readonly DrillResult[]>;
}

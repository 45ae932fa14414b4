import type { Alert, Instant, Labels } from '../core/alert.js';
import type { Claim, Suppression } from '../core/claim.js';
import type { ClaimRefusal, OpeningRefusal } from '../core/claim-refusal.js';
import type { Episode } from '../core/episode.js';
import type { Event, JournalEntry } from '../core/event.js';
import type { Execution, Outcome, Phase } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import type { AuditHead, AuditRecord, Doer } from './audit.js';
import type { Governance, Trust } from './governance.js';
import type { Outbox } from './outbox.js';

/** News of the alert that wait to be taken into an execution. */
export type Signal = Extract<Event, { type: 'alert-resolved' | 'alert-refired' }>;

/** An execution as the store holds it. */
export interface Stored {
  readonly execution: Execution;
  /** Rises with every save and every signal; a save needs the one that it was made from. */
  readonly version: number;
  readonly signals: readonly Signal[];
  /** The highest epoch that anybody used on this target. */
  readonly targetEpoch: number;
}

/** One alert as intake hands it to the store, with what `decide` made of it. */
export interface Receipt {
  readonly receiptId: string;
  readonly source: string;
  readonly alert: Alert;
  readonly openings: readonly { readonly execution: Execution; readonly claims: readonly Claim[] }[];
  readonly refusals: readonly { readonly runbook: string; readonly because: Suppression; readonly detail: string }[];
  /**
   * Present when this process remembers that the incident is open and that these runbooks have answered it, and no
   * others match. Most alerts are such repeats, and for these nothing has to be rendered; there are no openings and no
   * refusals then, and the store checks that it is still so.
   */
  readonly repeats?: readonly { readonly runbook: string; readonly executionId: string }[];
  /** Why no runbook answers; said when there are neither openings nor refusals. */
  readonly unmatched?: string;
}

/** What became of one alert for one runbook; kept as long as the decision log reaches. */
export interface DecisionRecord {
  readonly at: Instant;
  readonly receiptId: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly alertname: string;
  readonly status: Alert['status'];
  readonly startsAt: Instant;
  /** Not kept again with each repeat. */
  readonly labels?: Labels;
  readonly runbook?: string;
  readonly decision: 'opened' | 'suppressed' | 'closed' | 'noted';
  readonly because?: Suppression;
  readonly detail?: string;
  /** What the detail says, as numbers, when a claim could not be taken. */
  readonly refusal?: OpeningRefusal;
  readonly executionId?: string;
}

/** Whether an execution was opened. */
export type Opened = { readonly opened: true } | { readonly opened: false; readonly refusal: OpeningRefusal };

/** Whether a save took: `stale` when somebody else was faster, `refused` when a claim could not be taken. */
export type Saved =
  /** `lowered` when what was saved took trust from the runbook. */
  | { readonly saved: 'yes'; readonly lowered?: Pick<Trust, 'to' | 'why'> }
  | { readonly saved: 'stale' }
  | { readonly saved: 'refused'; readonly refusal: ClaimRefusal };

/** What is to be saved together: the event, what it makes of the execution, and what the save depends on. */
export interface Append {
  readonly before: Stored;
  readonly event: Event;
  readonly next: Execution;
  readonly at: Instant;
  /** Taken in the same script; a refusal saves nothing. */
  readonly claims?: readonly Claim[];
}

/** Which executions to list, newest first. */
export interface ExecutionFilter {
  readonly phase?: Phase;
  readonly outcome?: Outcome;
  readonly runbook?: string;
  readonly target?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** Which decisions to list, newest first. */
export interface DecisionFilter {
  readonly fingerprint?: string;
  readonly alertname?: string;
  readonly runbook?: string;
  readonly decision?: DecisionRecord['decision'];
  readonly because?: Suppression;
  readonly executionId?: string;
  readonly since?: Instant;
  readonly limit: number;
}

/** What is known of an alert's incidents, and which runbooks have answered the present one. */
export interface KnownAlert {
  readonly episode: Episode;
  readonly answers: readonly { readonly runbook: string; readonly executionId: string; readonly closedAt?: Instant }[];
}

/** One page of executions, and where the next begins. */
export interface ExecutionPage {
  readonly items: readonly Execution[];
  readonly cursor?: string;
}

/**
 * Where the truth is kept. Every method is one atomic step; the memory twin and the Redis twin pass the same suite
 * (execution-store.conformance.ts).
 */
export interface ExecutionStore {
  readonly governance: Governance;
  readonly outbox: Outbox;
  /**
   * Takes in the alerts of one webhook in one round trip; when it returns they are kept, each with its decisions. No
   * decisions for an alert means that it is no repeat any more: nothing was kept for it, hand it in in full.
   */
  receive(receipts: readonly Receipt[]): Promise<DecisionRecord[][]>;
  /** Checks and takes the claims and creates the execution with its journal and its wake-up time. */
  open(execution: Execution, claims: readonly Claim[]): Promise<Opened>;
  /** Says which claim would be refused now; nothing is taken and nothing is marked. */
  look(claims: readonly Claim[], id: string): Promise<OpeningRefusal | undefined>;
  get(id: string): Promise<Stored | undefined>;
  /** Compare-and-set on the version, with journal, wake-up time and claims in the same step. */
  append(change: Append): Promise<Saved>;
  /** Tells whether nobody has used a higher epoch on this target. */
  holdsEpoch(target: string, epoch: number): Promise<boolean>;
  journal(id: string): Promise<readonly JournalEntry[]>;
  /** The journal exactly as it is kept, one entry a line: what the audit's digests are of. */
  journalLines(id: string): Promise<readonly string[]>;
  /** Records of the audit's chain, oldest first, from the first behind number `after`; 0 begins at the beginning. */
  audit(after: number, limit: number): Promise<readonly AuditRecord[]>;
  auditHead(): Promise<AuditHead>;
  list(filter: ExecutionFilter): Promise<ExecutionPage>;
  /** Those of which something can be taken back, the open ones first and the newest of each first, and how many there are. */
  revertible(limit: number): Promise<{ readonly items: readonly Execution[]; readonly total: number }>;
  decisions(filter: DecisionFilter): Promise<readonly DecisionRecord[]>;
  /** Gives what is known of the incidents of one alert; undefined when nothing is (any more). */
  alert(fingerprint: string): Promise<KnownAlert | undefined>;
  /** How many executions are in each phase that is not closed. */
  countOpen(): Promise<ReadonlyMap<Phase, number>>;
  /** Gives executions whose time has come by more than `graceMs`, and puts them off by `againInMs` so that they are not given twice. */
  overdue(graceMs: number, againInMs: number, limit: number): Promise<readonly string[]>;
  /** Age of the oldest wake-up time that has passed, in milliseconds; 0 when there is none. */
  oldestDue(): Promise<number>;
  /** Begins a pause; `from` says for the audit by which account it was pulled, and from where. */
  addPause(pause: Pause, from?: string): Promise<void>;
  /** A person lifts a pause; false when there is none. */
  liftPause(id: string, doer: Doer): Promise<boolean>;
  /** Those that are in force. */
  pauses(): Promise<readonly Pause[]>;
  /** Says that a process lives, for the next `ttlMs`. */
  beat(owner: string, ttlMs: number): Promise<void>;
  alive(owner: string): Promise<boolean>;
  /** Notes that a canary which set out at `sentAt` came through queue and worker. */
  noteCanary(sentAt: Instant): Promise<void>;
  lastCanary(): Promise<Instant | undefined>;
  /** The shared clock. */
  now(): Promise<Instant>;
  /** Calls back with the id of each execution that changed, also when another process changed it; returns how to stop. */
  watch(changed: (id: string) => void): () => void;
}

/** Redis keeps closed executions for this long. */
export const KEEP_CLOSED_MS = 30 * 86_400_000;

/** How many entries of the decision log are kept; each holds the decisions about one to ten alerts of one webhook. */
export const KEEP_DECISION_ENTRIES = 50_000;

import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import type { DrillResult } from '../core/drill-result.js';

/** Makes the fault and takes it back. */
export interface Injector {
  /** What it does, in words: `500ms latency through http://center-a:8081/`. */
  readonly what: string;
  /** Whether the target takes the fault back by itself when its time is over, also when nobody asks for it. */
  readonly endsItself: boolean;
  /** Why it cannot begin now, for example because the fault is in force already; undefined when it can. */
  obstacle(): Promise<string | undefined>;
  /** Makes the fault. After an error it may be in force all the same. */
  begin(forMs: number): Promise<void>;
  /** Takes the fault back; nothing happens when there is none. Repeatable. */
  end(): Promise<void>;
}

/** One series over time; `at` in milliseconds since the epoch, a value may be NaN. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: Instant; readonly value: number }[];
}

/** Evaluates PromQL. Errors say in one sentence what is wrong. */
export interface Measures {
  /** The values of all series now; may be empty. */
  now(query: string): Promise<readonly number[]>;
  /** All series from one moment to another, both of them looked at; a moment without a value has no point. */
  range(query: string, from: Instant, to: Instant, everyMs: number): Promise<readonly Series[]>;
}

/** What a drill reads of an execution. */
export interface SeenExecution {
  readonly id: string;
  readonly runbook: string;
  readonly phase: string;
  /** What opened it: `alert`, or a person. */
  readonly trigger?: string;
  readonly outcome?: string;
  readonly detail?: string;
  readonly openedAt: Instant;
  readonly closedAt?: Instant;
  /** Moments by name, such as `firstEffectAt`. */
  readonly timeline: Readonly<Record<string, Instant>>;
}

/** What a drill asks the service. Errors say in one sentence what is wrong. */
export interface Service {
  /** The names of the runbooks in force. */
  runbooks(): Promise<readonly string[]>;
  /** The pauses in force. */
  pauses(): Promise<readonly { readonly scope: string; readonly reason: string }[]>;
  /** Executions on the target that are not closed, by id. */
  openOn(target: string): Promise<readonly string[]>;
  /** The newest executions on the target, whatever became of them. */
  executionsOn(target: string): Promise<readonly SeenExecution[]>;
  /** Reports how the drill ended. */
  report(result: DrillResult): Promise<void>;
}

/** Requests that the drill sends itself, where users send none. */
export interface Traffic {
  /** Begins; what comes back stops it, and says how it went however often it is asked. */
  start(): () => TrafficFigures;
}

/** How the drill's own requests fared. */
export interface TrafficFigures {
  readonly sent: number;
  readonly failed: number;
}

/** What a drill is held with; everything comes from outside. */
export interface DrillParts {
  readonly clock: Clock;
  readonly injector: Injector;
  readonly measures: Measures;
  readonly service: Service;
  readonly traffic?: Traffic;
  /** Says what goes on, a line at a time. */
  readonly say: (line: string) => void;
  /** The command by which a person takes the fault back. */
  readonly undo: string;
  /** Ends the drill early; the fault is taken back then. */
  readonly stop: AbortSignal;
}

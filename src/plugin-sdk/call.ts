import type { Labels } from '../core/alert.js';
import type { Change, DataLoss } from '../core/step-plan.js';
import type { Json } from '../core/json.js';

/** Writes lines to the service's log; the host adds plugin, verb, execution and key, and masks secrets. */
export interface PluginLog {
  info(message: string, fields?: { readonly [name: string]: Json }): void;
  warn(message: string, fields?: { readonly [name: string]: Json }): void;
}

/** What every call carries, whatever its verb. */
export interface Call<Client, Params> {
  /** What `connect` gave. */
  readonly client: Client;
  /** Parsed by the schema of the action or probe, after templates were filled in. */
  readonly params: Params;
  /** The alert that started it; absent when a person did. */
  readonly alert?: { readonly fingerprint: string; readonly labels: Labels; readonly annotations: Labels };
  /** Aborts at the deadline and when the right to act is lost: pass it on to whatever waits. */
  readonly signal: AbortSignal;
  readonly log: PluginLog;
}

/** A call that asks what would be changed. */
export interface PlanCall<Client, Params> extends Call<Client, Params> {
  /**
   * What earlier steps of the same execution will have changed by then, in their order: plan from there, not from what is
   * there now. `asPlanned` reads it.
   */
  readonly earlier: readonly Change[];
}

/** A call that may change the world. */
export interface EffectCall<Client, Params> extends Call<Client, Params> {
  /** The same for every attempt at this step in this direction: hand it to targets that know idempotency keys. */
  readonly key: string;
  /** Rises with every attempt and never falls: hand it to targets that can refuse an older one. */
  readonly epoch: number;
  /** Await it right before each write: it throws when another process has taken over, the step was taken back, or it is paused. */
  fence(): Promise<void>;
  /**
   * There when a change is taken back because nobody needs it any more, and there is time: lift it in stages then, one for
   * each call, and ask before each. Absent when it must be gone at once, because it did not help or a person said so.
   */
  readonly lifting?: Lifting;
}

/** Tells an action that is taken back in stages how the target bears it. */
export interface Lifting {
  /**
   * Measures with the verification of the step, or else of the runbook; `unknown` when there is none, or when it takes longer
   * than half of the step's time-out. Never throws.
   */
  measure(): Promise<Measurement>;
}

/** Whether there is anything to do. */
export type CheckAnswer = { readonly needed: true } | { readonly needed: false; readonly because: string };

/** What an action is going to change, made without changing anything. */
export interface Plan<Before> {
  /** One line for the approver. */
  readonly summary: string;
  readonly changes: readonly Change[];
  /** What `revert` needs in order to restore what is there now. */
  readonly before: Before;
  /** What an approver should know besides, such as `{ estimatedDataLoss: '0 B' }`; not part of what is agreed to. */
  readonly facts?: { readonly [name: string]: string };
  /**
   * How far back acknowledged writes may be missing when this is done, in milliseconds, at most: 0 when none can be,
   * `unknown` when nobody can tell. Leave it out where no data is concerned.
   */
  readonly dataLossMs?: DataLoss;
  /** False when `revert` could not restore it; the default is the action's own `reversible`. */
  readonly reversible?: boolean;
  /**
   * Why a person must agree to this although the runbook acts by itself, in one sentence, such as what may be lost. What
   * is agreed to are the changes: put the bound of the loss there.
   */
  readonly asks?: string;
  /** How long taking it back in stages may last at most, in milliseconds, up to a day; three time-outs of the step unless told. */
  readonly liftWithinMs?: number;
}

/** Whether an effect is complete, or when to ask again (with the same key; milliseconds). */
export type Progress = { readonly done: true } | { readonly done: false; readonly againInMs: number };

/** Whether the change is in force, as read back from the target. */
export type VerifyAnswer = { readonly took: true } | { readonly took: false; readonly detail: string };

/** One measurement; answer `unknown` when there is no data, never guess. */
export interface Measurement {
  readonly status: 'healthy' | 'unhealthy' | 'unknown';
  readonly value?: number;
  /**
   * Further numbers by name, for metrics; `health` and `load` (each 0 to 1) of a centre count when a centre is chosen.
   */
  readonly values?: { readonly [name: string]: number };
  readonly detail: string;
}

/** What people are told of. */
export type MessageEvent =
  | 'opened'
  | 'awaiting-approval'
  /** A runbook may go less far than it says, because it did not help or did harm. */
  | 'lowered'
  /** An alert comes back although it was repaired again and again. */
  | 'problem'
  /** So many targets are in trouble that repairing them one by one has stopped. */
  | 'storm'
  /** Nothing is begun on a target any more, because changes to it went in a circle. */
  | 'frozen'
  /** A person has pulled the kill switch. */
  | 'paused'
  /** A person has lifted a pause. */
  | 'unpaused'
  /** Somebody came in with the account for emergencies. */
  | 'break-glass'
  | 'held'
  /** The next runbook was opened for an alert, or could not be. */
  | 'escalated'
  | 'closed';

/** What people are told. */
export interface Message {
  /** The same whenever the same news is sent again, different for every other: receivers may use it to tell repeats. */
  readonly id: string;
  readonly event: MessageEvent;
  /** One line. */
  readonly title: string;
  /** Plain text of several lines. */
  readonly text: string;
  readonly link: string;
  /** Absent when the news is of no single execution, as in a storm for which nothing could be proposed. */
  readonly execution?: {
    readonly id: string;
    readonly runbook: string;
    readonly target: string;
    readonly phase: string;
    readonly outcome?: string;
    /** Of the plan that people are asked to agree to; only with `awaiting-approval`. */
    readonly digest?: string;
  };
}

import type { Event } from '../core/event.js';
import type { Stored } from './execution-store.js';

/** Sees one turn of an execution, from a wake-up until it must wait again; nothing depends on it. */
export interface Turn {
  /** Runs one move of the execution as it was loaded. */
  within<T>(stored: Stored, run: () => Promise<T>): Promise<T>;
  /** Runs one sample of a verification. */
  verifying(sample: () => Promise<Event>): Promise<Event>;
  /** It is over; with an error it failed. */
  end(error?: unknown): void;
}

/** Nobody looks. */
export const UNSEEN: Turn = { within: (_stored, run) => run(), verifying: (sample) => sample(), end: () => undefined };

import type { Instant } from '../core/alert.js';

/** A bell: it says that an execution should be looked at, and carries nothing else. A lost one is found by the sweeper. */
export interface Wakeups {
  /** Rings at a time; a time that has passed means now. Failing is allowed, waiting for an answer is not needed. */
  ring(id: string, at: Instant): Promise<void>;
}
